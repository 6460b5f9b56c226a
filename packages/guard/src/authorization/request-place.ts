import { namesAlike } from "../names-alike.ts";
import { readPairs } from "../query-pairs.ts";

/** Where a request names an object. A `separator` divides one text into several ids. */
export type RequestPlace =
  /** By its position among the path's parameters. */
  | { readonly from: "path"; readonly index: number; readonly separator: string | undefined }
  /** `repeats`: sent once for each id. */
  | { readonly from: "query"; readonly name: string; readonly separator: string | undefined; readonly repeats: boolean }
  /** `name` in small letters. */
  | { readonly from: "header"; readonly name: string; readonly separator: string | undefined }
  /** `*` stands for every element of an array. */
  | { readonly from: "body"; readonly pointer: readonly string[] };

/** What of a request may name objects. */
export interface NamingRequest {
  /** Raw segments of the canonical path. */
  readonly pathParameters: readonly string[];
  readonly query: string;
  readonly arrival: { readonly rawHeaders: readonly string[] };
  readonly body: unknown;
  /** That none came is known. */
  readonly bodyAbsent: boolean;
}

/** The ids that stand there; `unread` says why there is no telling. Empty only where the rule lets the request name none. */
export type NamedIds = readonly string[] | { readonly unread: string };

const mostPairs = 500;
const absent: NamedIds = [];
const unnamed: NamedIds = { unread: "the request does not name the object" };

/** Reads the ids a request names in one place, as text. @param optional whether it may name none there */
export function readIds(place: RequestPlace, request: NamingRequest, optional: boolean): NamedIds {
  const ids = place.from === "body" ? readFromBody(place.pointer, request, optional) : divide(place.separator, place.from === "path" ? readSegment(place.index, request.pathParameters) : place.from === "query" ? readFromQuery(place.name, place.repeats, request.query) : readFromHeader(place.name, request.arrival.rawHeaders));
  return "unread" in ids || ids.length > 0 || optional ? ids : unnamed;
}

const divide = (separator: string | undefined, texts: NamedIds): NamedIds => (separator === undefined || "unread" in texts ? texts : texts.flatMap((text) => text.split(separator)));

function readSegment(index: number, segments: readonly string[]): NamedIds {
  const raw = segments[index];
  if (raw === undefined) return absent;
  return [raw.includes("%") ? decodeURIComponent(raw) : raw];
}

function readFromQuery(name: string, repeats: boolean, query: string): NamedIds {
  if (query === "") return absent;
  const pairs = readPairs(query, mostPairs);
  if (pairs === undefined) return { unread: "the query cannot be read in one way" };
  const texts: string[] = [];
  for (const pair of pairs) {
    if (pair.name === name) texts.push(pair.value);
    else if (namesAlike(pair.name, name)) return { unread: "the query names the object in another spelling" };
  }
  return texts.length > 1 && !repeats ? { unread: "the query names the object more than once" } : texts;
}

function readFromHeader(name: string, rawHeaders: readonly string[]): NamedIds {
  let found: string | undefined;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if ((rawHeaders[index] as string).toLowerCase() !== name) continue;
    if (found !== undefined) return { unread: "the object is named by two header fields" };
    found = (rawHeaders[index + 1] as string).trim();
  }
  return found === undefined ? absent : [found];
}

function readFromBody(pointer: readonly string[], { body, bodyAbsent }: NamingRequest, optional: boolean): NamedIds {
  if (body === undefined) return bodyAbsent ? absent : { unread: "the body was not read" };
  const values: unknown[] = [];
  const outcome = collect(body, pointer, 0, values);
  if (outcome === "other" || (outcome === "missing" && !optional)) return outcome === "other" ? { unread: "the body is built otherwise than the rule expects" } : unnamed;
  const texts: string[] = [];
  for (const value of values) {
    if (typeof value === "string") texts.push(value);
    else if (typeof value === "number" && Number.isSafeInteger(value)) texts.push(String(value));
    else return { unread: "the request names the object by neither a string nor a whole number" };
  }
  return texts;
}

/** `missing`: a member is not there, perhaps of one element only. `other`: no object or list stands where one must, so that there is no telling what a backend would read. */
function collect(value: unknown, pointer: readonly string[], from: number, into: unknown[]): "complete" | "missing" | "other" {
  let at = value;
  for (let index = from; index < pointer.length; index += 1) {
    const token = pointer[index] as string;
    if (token === "*") {
      if (!Array.isArray(at)) return "other";
      let missing = false;
      for (const element of at) {
        const outcome = collect(element, pointer, index + 1, into);
        if (outcome === "other") return outcome;
        missing ||= outcome === "missing";
      }
      return missing ? "missing" : "complete";
    }
    if (typeof at !== "object" || at === null || (Array.isArray(at) && !/^\d+$/.test(token))) return "other";
    if (!Array.isArray(at) && Object.keys(at).some((name) => namesAlike(name, token))) return "other";
    if (!Object.hasOwn(at, token)) return "missing";
    at = (at as Record<string, unknown>)[token];
  }
  into.push(at);
  return "complete";
}

/** An id as one segment of a path; undefined for what would be no segment, or lead elsewhere. */
export const asSegment = (id: string): string | undefined => (id === "" || id === "." || id === ".." ? undefined : encodeURIComponent(id));
