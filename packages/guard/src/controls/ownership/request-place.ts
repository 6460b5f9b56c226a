import { decodeSegment, sentFields, sentQuery } from "../../document/sent-parameters.ts";
import { compileAlike } from "../../reading/names-alike.ts";
import { compileReadBodyIds } from "./body-place.ts";
import { noIds, type ReadIds, unnamed } from "./named-ids.ts";

/** Where a request names an object. A `separator` divides one text into several ids. */
export type RequestPlace =
  /** By its position among the path's parameters. */
  | { readonly from: "path"; readonly index: number; readonly separator: string | undefined }
  /** `repeats`: sent once for each id. */
  | {
      readonly from: "query";
      readonly name: string;
      readonly separator: string | undefined;
      readonly repeats: boolean;
    }
  /** `name` in small letters. */
  | { readonly from: "header"; readonly name: string; readonly separator: string | undefined }
  /** `*` stands for every element of an array. */
  | { readonly from: "body"; readonly pointer: readonly string[] };

/**
 * The caller chooses how many ids it sends. Each of them is judged, and for some the backend or a
 * decision point must be asked.
 */
const mostIds = 1000;

/** @param optional whether a request may name none there */
export function compileReadIds(place: RequestPlace, optional: boolean): ReadIds {
  const read =
    place.from === "body" ? compileReadBodyIds(place.pointer, optional) : compileHead(place);
  return (known) => {
    const ids = read(known);
    if ("unread" in ids) return ids;
    if (ids.length > mostIds) return { unread: `the request names more than ${mostIds} objects` };
    return ids.length > 0 || optional ? ids : unnamed;
  };
}

function compileHead(place: Exclude<RequestPlace, { readonly from: "body" }>): ReadIds {
  const read = compileTexts(place);
  const { separator } = place;
  if (separator === undefined) return read;
  return (known) => {
    const texts = read(known);
    return "unread" in texts ? texts : texts.flatMap((text) => text.split(separator));
  };
}

function compileTexts(place: Exclude<RequestPlace, { readonly from: "body" }>): ReadIds {
  switch (place.from) {
    case "path":
      return compileSegment(place.index);
    case "query":
      return compileQuery(place.name, place.repeats);
    case "header":
      return compileHeader(place.name);
    default:
      return place satisfies never;
  }
}

function compileSegment(index: number): ReadIds {
  return ({ pathParameters }) => {
    const raw = pathParameters[index];
    return raw === undefined ? noIds : [decodeSegment(raw)];
  };
}

function compileQuery(name: string, repeats: boolean): ReadIds {
  const isAlike = compileAlike(name);
  return ({ query }) => {
    if (query === "") return noIds;
    const pairs = sentQuery(query);
    if (pairs === undefined) return { unread: "the query cannot be read in one way" };
    const texts: string[] = [];
    for (const pair of pairs) {
      if (pair.name === name) texts.push(pair.value);
      else if (isAlike(pair.name))
        return { unread: "the query names the object in another spelling" };
    }
    return texts.length > 1 && !repeats
      ? { unread: "the query names the object more than once" }
      : texts;
  };
}

function compileHeader(name: string): ReadIds {
  const isWanted = (lowerName: string): boolean => lowerName === name;
  return ({ arrival }) => {
    const [one, another] = sentFields(arrival.rawHeaders, isWanted);
    if (another !== undefined) return { unread: "the object is named by two header fields" };
    return one === undefined ? noIds : [one.value.trim()];
  };
}

/** An id as one segment of a path; undefined for what would be no segment, or lead elsewhere. */
export const asSegment = (id: string): string | undefined =>
  id === "" || id === "." || id === ".." ? undefined : encodeURIComponent(id);
