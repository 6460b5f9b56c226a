import { decodeSegment, sentQuery } from "../../document/sent-parameters.ts";
import type { Facts } from "../../facts/facts.ts";
import { mayHaveBody } from "../../facts/header-fields.ts";

/** What of a request may name objects: all of what the backend is sent. */
export type NamingRequest = Readonly<
  Pick<
    Facts,
    | "arrival"
    | "body"
    | "bodyAbsent"
    | "bodyBytes"
    | "fields"
    | "forwardFields"
    | "pathParameters"
    | "query"
  >
>;

/** Parameters that say which part of a list is meant: `limit=7` does not name the object 7. */
const ofPaging =
  /^(?:page|per_?page|page_?(?:size|number|index)|limit|offset|size|count|first|last|skip|take|top|start|end|from|to)$/i;

/** Fields that speak of the message, its sender or its connection, and name no object. */
const ofMessage =
  /^(?:accept(?:-.*)?|age|authorization|cache-control|connection|content-(?:digest|encoding|language|length|md5|range|type)|date|dpop|expect|forwarded|from|host|if-.*|origin|portcullis-.*|prefer|priority|range|referer|sec-.*|te|trace(?:parent|state)|user-agent|via|x-forwarded-.*|x-request-id)$/i;

/** An id this short is found as a whole value only: within others it would stand by chance. */
const leastSearched = 6;

/**
 * Tells which ids the request itself named, by path, query, header or body: an answer that repeats
 * them has shown nothing. Everything counts as named where the body cannot be looked into.
 */
export function idsNamedBy(known: NamingRequest): (id: string) => boolean {
  if (isBodyUnread(known)) return () => true;
  const texts = textsOf(known);
  if (texts.length === 0) return () => false;
  const all = texts.join("\n").toLowerCase();
  const values = new Set([...texts.map((text) => text.toLowerCase()), ...all.split(/[\s,;|=&]+/)]);
  return (sent) => {
    const id = sent.toLowerCase();
    return values.has(id) || (id.length >= leastSearched && standsIn(all, id));
  };
}

function isBodyUnread(known: NamingRequest): boolean {
  const { body, bodyAbsent, bodyBytes } = known;
  return body === undefined && bodyBytes === undefined && !bodyAbsent && mayHaveBody(known);
}

function textsOf({ body, bodyBytes, forwardFields, pathParameters, query }: NamingRequest) {
  const texts = pathParameters.map(decodeSegment);
  if (query !== "") texts.push(...textsOfQuery(query));
  for (let index = 0; index < forwardFields.length; index += 2)
    if (!ofMessage.test(forwardFields[index] as string))
      texts.push(forwardFields[index + 1] as string);
  if (body !== undefined) addScalars(body, texts);
  // Long numbers, and files between the parts, stand there as they were sent.
  if (bodyBytes !== undefined && bodyBytes.length > 0) texts.push(bodyBytes.toString());
  return texts;
}

function textsOfQuery(query: string): readonly string[] {
  const pairs = sentQuery(query);
  if (pairs === undefined) return [query];
  return pairs.flatMap(({ name, value }) =>
    value === "" ? [name] : ofPaging.test(name) ? [] : [value],
  );
}

/** Every text and number of a body, the names of its members among them. */
function addScalars(value: unknown, texts: string[]): void {
  if (Array.isArray(value)) for (const element of value) addScalars(element, texts);
  else if (typeof value === "object" && value !== null)
    for (const [name, part] of Object.entries(value)) {
      texts.push(name);
      addScalars(part, texts);
    }
  else if (typeof value === "string" || typeof value === "number") texts.push(String(value));
}

const isPartOfWord = (character: string | undefined): boolean =>
  character !== undefined && /[a-z0-9]/.test(character);

/** Whether the id stands in the text as a word of its own. */
function standsIn(text: string, id: string): boolean {
  for (let at = text.indexOf(id); at !== -1; at = text.indexOf(id, at + 1))
    if (!isPartOfWord(text[at - 1]) && !isPartOfWord(text[at + id.length])) return true;
  return false;
}
