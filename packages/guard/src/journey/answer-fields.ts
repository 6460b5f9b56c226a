import { isFieldValue } from "../reading/field-value.ts";
import type { FieldKind, FieldRule, FieldRules } from "./field-rules.ts";

/** More fields than any API sends; HTTP/2 clients break off at 128 (node:http2). */
export const mostAnswerFields = 100;

/** What the fields of an answer say of its body. */
export interface AnswerFields {
  /** End-to-end fields, without length and coding: both may change. Flat. */
  readonly headers: string[];
  contentType: string | undefined;
  /** Undefined for plain bytes. */
  coding: string | undefined;
  length: string | undefined;
  /** Why these fields have no one reading, so that the answer cannot be passed on. */
  malformed: string | undefined;
  /** What was taken out or joined, in words; undefined for an ordinary answer. */
  mended: string[] | undefined;
}

/** Rewrites links in header fields. */
export interface RewritesLinks {
  rewriteLink(link: string): string;
}

/**
 * Reads the backend's fields once, into what any door can send: each single field once, none of the
 * connection's, none that is malformed, and links to the backend itself as links to the API.
 */
export function readAnswerFields(
  rawHeaders: readonly string[],
  rules: FieldRules,
  links: RewritesLinks,
): AnswerFields {
  const reading = new Reading(links);
  if (rawHeaders.length > mostAnswerFields * 2)
    reading.malformed = `${rawHeaders.length / 2} header fields`;
  else {
    reading.areSound = areFieldValues(rawHeaders);
    for (let index = 0; index < rawHeaders.length; index += 2)
      reading.take(rules.of(rawHeaders[index] as string), rawHeaders[index + 1] as string);
  }
  return reading;
}

/** All at once: looking at each costs more than looking. */
function areFieldValues(rawHeaders: readonly string[]): boolean {
  let values = "";
  for (let index = 1; index < rawHeaders.length; index += 2) values += rawHeaders[index] as string;
  return isFieldValue(values);
}

class Reading implements AnswerFields {
  readonly headers: string[] = [];
  contentType: string | undefined = undefined;
  coding: string | undefined = undefined;
  length: string | undefined = undefined;
  malformed: string | undefined = undefined;
  mended: string[] | undefined = undefined;
  /** Whether every value is one that a field may have. */
  areSound = false;
  readonly #links: RewritesLinks;
  /** The bits of the single fields that came. */
  #seen = 0;
  /** Single fields of which no value stays. */
  #refused: Set<string> | undefined = undefined;

  constructor(links: RewritesLinks) {
    this.#links = links;
  }

  take(rule: FieldRule, value: string): void {
    const { kind, sentName: name } = rule;
    if (kind === "drop") return;
    if (kind === "bad") this.#mend(name, "is no field");
    else if (!this.areSound && !isFieldValue(value))
      this.#mend(name, "holds what no field may hold");
    else if (rule.single !== undefined && !this.#isFirst(rule)) this.#takeAgain(rule, value);
    else this.#takeOne(kind, name, value);
  }

  #takeOne(kind: Exclude<FieldKind, "bad" | "drop">, name: string, value: string): void {
    const { headers } = this;
    switch (kind) {
      case "link":
        headers.push(name, this.#links.rewriteLink(value));
        break;
      case "links":
        headers.push(name, rewriteTargets(value, this.#links));
        break;
      case "refresh":
        headers.push(name, rewriteRefresh(value, this.#links));
        break;
      case "type":
        this.contentType = value;
        headers.push(name, value);
        break;
      case "coding":
        this.coding = joinCoding(this.coding, value);
        break;
      case "length":
        this.#takeLength(value);
        break;
      case "transfer":
        // A coding beside the framing stays in the bytes when the framing is taken off.
        if (!/^\s*(?:chunked|identity)?\s*$/i.test(value))
          this.malformed = `Transfer-Encoding ${JSON.stringify(value.slice(0, 40))}`;
        break;
      case "keep":
        headers.push(name, value);
        break;
      default:
    }
  }

  #takeLength(value: string): void {
    const length = value.trim();
    if (!/^\d{1,15}$/.test(length) || (this.length ?? length) !== length)
      this.malformed = `Content-Length ${JSON.stringify(value.slice(0, 40))}`;
    this.length = length;
  }

  /** Names share bits: whether it really came before is then looked up. */
  #isFirst({ bit, name }: FieldRule): boolean {
    const isNew = (this.#seen & bit) === 0;
    this.#seen |= bit;
    return isNew || (this.#placeOf(name) === -1 && this.#refused?.has(name) !== true);
  }

  #placeOf(name: string): number {
    const { headers } = this;
    for (let index = 0; index < headers.length; index += 2)
      if ((headers[index] as string).toLowerCase() === name) return index;
    return -1;
  }

  #takeAgain({ kind, name, single }: FieldRule, sent: string): void {
    const place = this.#placeOf(name);
    // No value of it stays any more.
    if (place === -1) return;
    const before = this.headers[place + 1] as string;
    const value = kind === "link" ? this.#links.rewriteLink(sent) : sent;
    if (before.trim() === value.trim()) return;
    if (single === "joined") {
      this.headers[place + 1] = `${before}, ${value}`;
      return;
    }
    this.#mend(
      name,
      `was sent twice, differently: ${single === "first" ? "the first" : "none"} leaves`,
    );
    if (single === "first") return;
    this.headers.splice(place, 2);
    (this.#refused ??= new Set()).add(name);
  }

  #mend(name: string, what: string): void {
    (this.mended ??= []).push(`the field ${JSON.stringify(name.slice(0, 60))} ${what}`);
  }
}

/** The targets of a Link field, and what they are links from (RFC 8288 section 3). */
const rewriteTargets = (value: string, links: RewritesLinks): string =>
  value
    .replaceAll(/<([^<>]*)>/g, (_, target: string) => `<${links.rewriteLink(target)}>`)
    .replaceAll(
      /(;\s*anchor\s*=\s*)"([^"]*)"/gi,
      (_, before: string, target: string) => `${before}"${links.rewriteLink(target)}"`,
    );

/** `5; url=https://...`, as browsers read it. */
const rewriteRefresh = (value: string, links: RewritesLinks): string =>
  value.replace(
    /^([^;,]*[;,]\s*(?:url\s*=\s*)?)(["']?)(.*?)\2\s*$/i,
    (_, before: string, quote: string, target: string) =>
      `${before}${quote}${links.rewriteLink(target)}${quote}`,
  );

function joinCoding(before: string | undefined, sent: string): string | undefined {
  const coding = sent.toLowerCase().trim();
  if (coding === "identity") return before;
  return before === undefined ? coding : `${before}, ${coding}`;
}
