import { compileAlike } from "../names-alike.ts";
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
/** Each is judged, and some are asked about elsewhere. */
const mostIds = 1000;
const absent: NamedIds = [];
const unnamed: NamedIds = { unread: "the request does not name the object" };

/** How a place is read, compiled ahead. */
export type ReadIds = (request: NamingRequest) => NamedIds;

/** @param optional whether a request may name none there */
export function compileReadIds(place: RequestPlace, optional: boolean): ReadIds {
  const read = place.from === "body" ? compileBody(place.pointer, optional) : divided(place.separator, place.from === "path" ? compileSegment(place.index) : place.from === "query" ? compileQuery(place.name, place.repeats) : compileHeader(place.name));
  return (request) => {
    const ids = read(request);
    if ("unread" in ids) return ids;
    if (ids.length > mostIds) return { unread: `the request names more than ${mostIds} objects` };
    return ids.length > 0 || optional ? ids : unnamed;
  };
}

function divided(separator: string | undefined, read: ReadIds): ReadIds {
  if (separator === undefined) return read;
  return (request) => {
    const texts = read(request);
    return "unread" in texts ? texts : texts.flatMap((text) => text.split(separator));
  };
}

const compileSegment = (index: number): ReadIds => ({ pathParameters }) => {
  const raw = pathParameters[index];
  if (raw === undefined) return absent;
  return [raw.includes("%") ? decodeURIComponent(raw) : raw];
};

function compileQuery(name: string, repeats: boolean): ReadIds {
  const isAlike = compileAlike(name);
  return ({ query }) => {
    if (query === "") return absent;
    const pairs = readPairs(query, mostPairs);
    if (pairs === undefined) return { unread: "the query cannot be read in one way" };
    const texts: string[] = [];
    for (const pair of pairs) {
      if (pair.name === name) texts.push(pair.value);
      else if (isAlike(pair.name)) return { unread: "the query names the object in another spelling" };
    }
    return texts.length > 1 && !repeats ? { unread: "the query names the object more than once" } : texts;
  };
}

const compileHeader = (name: string): ReadIds => ({ arrival: { rawHeaders } }) => {
  let found: string | undefined;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if ((rawHeaders[index] as string).toLowerCase() !== name) continue;
    if (found !== undefined) return { unread: "the object is named by two header fields" };
    found = (rawHeaders[index + 1] as string).trim();
  }
  return found === undefined ? absent : [found];
};

function compileBody(pointer: readonly string[], optional: boolean): ReadIds {
  const tokens = pointer.map((name) => ({ name, isAlike: compileAlike(name) }));
  return ({ body, bodyAbsent }) => {
    if (body === undefined) return bodyAbsent ? absent : { unread: "the body was not read" };
    const values: unknown[] = [];
    const outcome = collect(body, tokens, 0, values);
    if (outcome === "other") return { unread: "the body is built otherwise than the rule expects" };
    if (outcome === "missing" && !optional) return unnamed;
    const texts: string[] = [];
    for (const value of values) {
      if (typeof value === "string") texts.push(value);
      else if (typeof value === "number" && Number.isSafeInteger(value)) texts.push(String(value));
      else return { unread: "the request names the object by neither a string nor a whole number" };
    }
    return texts;
  };
}

interface Token {
  readonly name: string;
  readonly isAlike: (sent: string) => boolean;
}

/** `missing`: a member is not there, perhaps of one element only. `other`: no object or list stands where one must, so that there is no telling what a backend would read. */
function collect(value: unknown, tokens: readonly Token[], from: number, into: unknown[]): "complete" | "missing" | "other" {
  let at = value;
  for (let index = from; index < tokens.length; index += 1) {
    const { isAlike, name } = tokens[index] as Token;
    if (name === "*") {
      if (!Array.isArray(at)) return "other";
      let missing = false;
      for (const element of at) {
        const outcome = collect(element, tokens, index + 1, into);
        if (outcome === "other") return outcome;
        missing ||= outcome === "missing";
      }
      return missing ? "missing" : "complete";
    }
    if (typeof at !== "object" || at === null || (Array.isArray(at) && !/^\d+$/.test(name))) return "other";
    if (!Array.isArray(at) && Object.keys(at).some(isAlike)) return "other";
    if (!Object.hasOwn(at, name)) return "missing";
    at = (at as Record<string, unknown>)[name];
  }
  into.push(at);
  return "complete";
}

/** An id as one segment of a path; undefined for what would be no segment, or lead elsewhere. */
export const asSegment = (id: string): string | undefined => (id === "" || id === "." || id === ".." ? undefined : encodeURIComponent(id));
