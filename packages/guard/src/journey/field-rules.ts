import { type Disagreement, singleFields } from "./single-fields.ts";

/** Fields of one connection, or that tell an attacker what runs behind. */
const dropped: ReadonlySet<string> = new Set([
  "connection",
  "http2-settings",
  "keep-alive",
  "proxy-authenticate",
  "proxy-connection",
  "te",
  "trailer",
  "upgrade",
  "server",
  "x-powered-by",
  "x-aspnet-version",
  "x-runtime",
  "via",
]);

/** What a field is for the gate; `bad` is no name of a field. */
export type FieldKind =
  | "drop"
  | "bad"
  | "keep"
  | "link"
  | "links"
  | "refresh"
  | "type"
  | "coding"
  | "length"
  | "transfer";

const special: Readonly<Record<string, FieldKind>> = {
  location: "link",
  "content-location": "link",
  link: "links",
  refresh: "refresh",
  "content-type": "type",
  "content-encoding": "coding",
  "content-length": "length",
  "transfer-encoding": "transfer",
};

/** What becomes of one field of the backend's answer. */
export interface FieldRule {
  readonly kind: FieldKind;
  /** In lower case. */
  readonly name: string;
  /** As the backend has spelled it: one text for all its answers. */
  readonly sentName: string;
  /** Undefined for lists. */
  readonly single: Disagreement | undefined;
  /** One of 31 bits, by the name: single fields of one answer that differ in it are not alike. */
  readonly bit: number;
}

const mostRemembered = 500;
const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** What becomes of the backend's header fields, by their names. */
export class FieldRules {
  readonly #replaced: readonly string[];
  /** By the name as it was sent: a backend sends the same few, in the same spelling. */
  readonly #rules = new Map<string, FieldRule>();

  /** @param replaced beginnings of names, in lower case, of fields that only the gate may send */
  constructor(replaced: readonly string[]) {
    this.#replaced = replaced;
  }

  of(sentName: string): FieldRule {
    let rule = this.#rules.get(sentName);
    if (rule === undefined) {
      const name = sentName.toLowerCase();
      rule = Object.freeze<FieldRule>({
        kind: token.test(name) ? this.#kindOf(name) : "bad",
        name,
        sentName,
        single: singleFields.get(name),
        bit: 1 << (hashOf(name) % 31),
      });
      if (this.#rules.size < mostRemembered) this.#rules.set(sentName, rule);
    }
    return rule;
  }

  #kindOf(name: string): FieldKind {
    if (dropped.has(name) || name.startsWith("portcullis-")) return "drop";
    if (this.#replaced.some((beginning) => name.startsWith(beginning))) return "drop";
    return Object.hasOwn(special, name) ? (special[name] as FieldKind) : "keep";
  }
}

function hashOf(name: string): number {
  let hash = 0;
  for (let index = 0; index < name.length; index += 1)
    hash = (hash * 31 + name.charCodeAt(index)) % 65_521;
  return hash;
}
