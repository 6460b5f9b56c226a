import type { JourneyExchange } from "./step.ts";

/** Fields of one connection, or that tell an attacker what runs behind. */
const dropped: ReadonlySet<string> = new Set(["connection", "keep-alive", "proxy-authenticate", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade", "server", "x-powered-by", "x-aspnet-version", "x-runtime", "via"]);

type FieldKind = "drop" | "cors" | "links" | "hsts" | "link" | "type" | "coding" | "length" | "keep";
const special: Readonly<Record<string, FieldKind>> = { location: "link", "content-location": "link", link: "links", "strict-transport-security": "hsts", "content-type": "type", "content-encoding": "coding", "content-length": "length" };
const kinds = new Map<string, FieldKind>();

/** By the name as it was sent: a backend sends the same few, in the same spelling. */
function kindOf(sentName: string): FieldKind {
  let kind = kinds.get(sentName);
  if (kind === undefined) {
    const name = sentName.toLowerCase();
    kind = dropped.has(name) || name.startsWith("portcullis-") ? "drop" : name.startsWith("access-control-") ? "cors" : Object.hasOwn(special, name) ? (special[name] as FieldKind) : "keep";
    if (kinds.size < 500) kinds.set(sentName, kind);
  }
  return kind;
}

/** What the fields of an answer say of its body. */
export interface AnswerFields {
  /** End-to-end fields, without length and coding: both may change. Flat. */
  readonly headers: string[];
  contentType: string | undefined;
  /** Undefined for plain bytes. */
  coding: string | undefined;
  length: string | undefined;
}

/** @param sealLink what becomes of a link to the API; undefined when it leaves as it is */
export function readAnswerFields(rawHeaders: readonly string[], exchange: JourneyExchange, sealLink: ((link: string) => string) | undefined): AnswerFields {
  const headers: string[] = [];
  const fields: AnswerFields = { headers, contentType: undefined, coding: undefined, length: undefined };
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string;
    const value = rawHeaders[index + 1] as string;
    switch (kindOf(name)) {
      case "drop":
        break;
      case "cors":
        if (!exchange.corsDecided) headers.push(name, value);
        break;
      case "hsts":
        if (!exchange.answerHeaders.includes("Strict-Transport-Security")) headers.push(name, value);
        break;
      case "link":
        headers.push(name, sealLink?.(value) ?? value);
        break;
      case "links":
        headers.push(name, sealLink === undefined ? value : value.replaceAll(/<([^<>]*)>/g, (_, target: string) => `<${sealLink(target)}>`));
        break;
      case "type":
        fields.contentType = value;
        headers.push(name, value);
        break;
      case "coding":
        if (value.toLowerCase() !== "identity") fields.coding = fields.coding === undefined ? value.toLowerCase().trim() : `${fields.coding}, ${value}`;
        break;
      case "length":
        fields.length = value;
        break;
      case "keep":
        headers.push(name, value);
        break;
      default:
    }
  }
  return fields;
}
