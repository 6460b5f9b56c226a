/** Fields of one connection, or that tell an attacker what runs behind. */
const dropped: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "server",
  "x-powered-by",
  "x-aspnet-version",
  "x-runtime",
  "via",
]);

type FieldKind = "drop" | "keep" | "link" | "links" | "type" | "coding" | "length";

const special: Readonly<Record<string, FieldKind>> = {
  location: "link",
  "content-location": "link",
  link: "links",
  "content-type": "type",
  "content-encoding": "coding",
  "content-length": "length",
};

const mostRemembered = 500;

/** What becomes of the backend's header fields, by their names. */
export class FieldRules {
  readonly #replaced: readonly string[];
  /** By the name as it was sent: a backend sends the same few, in the same spelling. */
  readonly #kinds = new Map<string, FieldKind>();

  /** @param replaced beginnings of names, in lower case, of fields that only the gate may send */
  constructor(replaced: readonly string[]) {
    this.#replaced = replaced;
  }

  kindOf(sentName: string): FieldKind {
    let kind = this.#kinds.get(sentName);
    if (kind === undefined) {
      kind = this.#judge(sentName.toLowerCase());
      if (this.#kinds.size < mostRemembered) this.#kinds.set(sentName, kind);
    }
    return kind;
  }

  #judge(name: string): FieldKind {
    if (dropped.has(name) || name.startsWith("portcullis-")) return "drop";
    if (this.#replaced.some((beginning) => name.startsWith(beginning))) return "drop";
    return Object.hasOwn(special, name) ? (special[name] as FieldKind) : "keep";
  }
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

/** @param rewriteLink what becomes of a link to the API; undefined when it leaves as it is */
export function readAnswerFields(
  rawHeaders: readonly string[],
  rules: FieldRules,
  rewriteLink: ((link: string) => string) | undefined,
): AnswerFields {
  const headers: string[] = [];
  const fields: AnswerFields = {
    headers,
    contentType: undefined,
    coding: undefined,
    length: undefined,
  };
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string;
    const value = rawHeaders[index + 1] as string;
    switch (rules.kindOf(name)) {
      case "drop":
        break;
      case "link":
        headers.push(name, rewriteLink?.(value) ?? value);
        break;
      case "links":
        headers.push(name, rewriteLink === undefined ? value : rewriteTargets(value, rewriteLink));
        break;
      case "type":
        fields.contentType = value;
        headers.push(name, value);
        break;
      case "coding":
        fields.coding = joinCoding(fields.coding, value);
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

/** The targets of a Link field (RFC 8288 section 3). */
const rewriteTargets = (value: string, rewriteLink: (link: string) => string): string =>
  value.replaceAll(/<([^<>]*)>/g, (_, target: string) => `<${rewriteLink(target)}>`);

function joinCoding(before: string | undefined, sent: string): string | undefined {
  const coding = sent.toLowerCase().trim();
  if (coding === "identity") return before;
  return before === undefined ? coding : `${before}, ${coding}`;
}
