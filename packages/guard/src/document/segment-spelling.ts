import type { RouteReading } from "./dialects.ts";

/**
 * How routers may read one segment of a path. `plain` is the one spelling for all that any of them
 * takes for the same; a request whose segment is a sibling's in this spelling is looked at closer.
 */
export function plainSegment(segment: string): string {
  // oxlint-disable-next-line no-control-regex -- ASCII is what most segments are
  return segment.includes("%") || !/^[\u0000-\u007f]*$/.test(segment)
    ? oneCase(decoded(segment).normalize("NFKC"))
    : segment.toLowerCase();
}

/** Both ways: the long s is an S in capitals, and the Kelvin sign a k in small letters. */
const oneCase = (text: string): string => text.toUpperCase().toLowerCase();

/** Text that is no escape of UTF-8 stays as it is: a document may hold it. */
function decoded(segment: string): string {
  if (!segment.includes("%")) return segment;
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** Where a router may end a segment: at its format, its matrix parameters, or blanks. */
const end = /[.; ]/;
/** More than any literal holds. */
const mostEnds = 16;

/** Whether some reading of a plain segment fits: whole, or cut off where a router may end it. */
export function someCut(plain: string, fits: (text: string) => boolean): boolean {
  if (fits(plain)) return true;
  if (!end.test(plain)) return false;
  for (let index = 0, ends = 0; index < plain.length && ends < mostEnds; index += 1) {
    if (!end.test(plain[index] as string)) continue;
    ends += 1;
    if (fits(plain.slice(0, index))) return true;
  }
  return false;
}

/** How one router spells and cuts a segment. */
export interface SegmentReading {
  readonly plain: (segment: string) => string;
  /** Whether a plain segment, or what the router leaves of it, fits. */
  readonly some: (plain: string, fits: (text: string) => boolean) => boolean;
}

export function compileSegmentReading(reading: RouteReading): SegmentReading {
  const { compatible, escapes, letterCase, matrix, suffix } = reading;
  const ends = new Set([...(suffix ? ["."] : []), ...(matrix ? [";"] : [])]);
  return {
    plain(segment) {
      let text = escapes ? decoded(segment) : segment;
      if (compatible) text = text.normalize("NFKC").replace(/[. ]+$/, "");
      return letterCase ? oneCase(text) : text;
    },
    some: (plain, fits) =>
      someCut(plain, (text) => {
        const next = plain[text.length];
        return (next === undefined || ends.has(next)) && fits(text);
      }),
  };
}
