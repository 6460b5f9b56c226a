import { notYours, tooManyObjects } from "../../facts/absent.ts";
import type { Refusal } from "../../facts/refusal.ts";
import type { NamingFacts } from "./named-ids.ts";
import { faultOfEach } from "./owner-in-answer.ts";
import type { ValuePlace } from "./owner-rule.ts";
import { textOfId } from "./owner-text.ts";
import { asSegment, compileReadIds } from "./request-place.ts";

type Values = readonly (readonly string[])[];
type Segments = readonly string[];
type ReadSegments = (known: NamingFacts, before: unknown) => Segments | Refusal;

const isRefused = (values: readonly unknown[] | Refusal): values is Refusal =>
  !Array.isArray(values);

/**
 * The segments of every path that one step of a lookup must ask: each id of each place with each
 * other, and an id that is named twice once.
 */
export function compileLookupValues(
  values: readonly ValuePlace[],
  optional: boolean,
  mostObjects: number,
): (known: NamingFacts, before: unknown) => Values | Refusal {
  const readers = values.map((place) => compileSegments(place, optional));
  const tooMany = tooManyObjects(mostObjects);
  return (known, before) => {
    let paths: Values = [[]];
    for (const read of readers) {
      const segments = read(known, before);
      if (isRefused(segments)) return segments;
      if (segments.length * paths.length > mostObjects) return tooMany;
      paths = paths.flatMap((path) => segments.map((one) => [...path, one]));
    }
    return paths;
  };
}

const noSegment = notYours("the object is named by what cannot stand in a path");

function compileSegments(place: ValuePlace, optional: boolean): ReadSegments {
  if (place.from === "answer") return compileFromAnswer(place.pointer);
  if (place.from === "path" && place.separator === undefined)
    return ({ pathParameters }) => {
      // A path parameter is already escaped as it stands in the path.
      const raw = pathParameters[place.index];
      return raw === undefined ? noSegment : [raw];
    };
  const read = compileReadIds(place, optional);
  return (known) => {
    const ids = read(known);
    return "unread" in ids ? notYours(ids.unread) : segmentsOf(ids);
  };
}

/** What the answer of the step before names. It must name something: of nothing nobody is owner. */
function compileFromAnswer(pointer: readonly string[]): ReadSegments {
  return (_known, before) => {
    const ids: string[] = [];
    const fault = faultOfEach(before, pointer, 0, (value) => {
      const id = textOfId(value);
      if (id !== undefined) ids.push(id);
      return id !== undefined;
    });
    if (fault !== undefined || ids.length === 0)
      return notYours("the lookup's answer does not name what is to be looked up next");
    return segmentsOf(ids);
  };
}

function segmentsOf(ids: readonly string[]): Segments | Refusal {
  const segments = new Set<string>();
  for (const id of ids) {
    const segment = asSegment(id);
    if (segment === undefined) return noSegment;
    segments.add(segment);
  }
  return [...segments];
}
