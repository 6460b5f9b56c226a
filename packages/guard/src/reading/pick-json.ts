import { behindBlanks, behindScalar, behindString, noJson } from "./json-bytes.ts";

/**
 * Picks a few places out of the bytes of a JSON text without reading the rest into objects. What it
 * makes holds those places alone, and is undefined wherever it is not certain that whoever reads the
 * whole text finds the same there: then the text has to be read.
 */
export type PickJson = (bytes: Uint8Array) => { readonly picked: unknown } | undefined;

interface Place {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Of what stands there: undefined where it is itself what is asked for. */
  readonly inside: readonly Place[] | undefined;
}

/** The same bound as the strict reader's. */
const mostDepth = 64;
/** More places than this are cheaper to read as a whole. */
const mostPlaces = 16;
const plainName = /^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/;

/**
 * @param pointers JSON pointers in parts
 * @returns undefined where they are not of the kind that can be picked: with `*`, through one
 *   another, or with names that a text may spell in several ways
 */
export function compilePickJson(pointers: readonly (readonly string[])[]): PickJson | undefined {
  if (pointers.length === 0 || pointers.length > mostPlaces) return undefined;
  const places = placesOf(pointers);
  if (places === undefined) return undefined;
  return (bytes) => new Picking(bytes).read(places);
}

function placesOf(pointers: readonly (readonly string[])[]): readonly Place[] | undefined {
  const below = new Map<string, (readonly string[])[]>();
  for (const [name, ...rest] of pointers) {
    if (name === undefined || name === "*" || !plainName.test(name)) return undefined;
    below.set(name, [...(below.get(name) ?? []), rest]);
  }
  const places: Place[] = [];
  for (const [name, rests] of below) {
    const ends = rests.filter(({ length }) => length === 0).length;
    if (ends > 0 && ends < rests.length) return undefined;
    const inside = ends > 0 ? undefined : placesOf(rests);
    if (ends === 0 && inside === undefined) return undefined;
    places.push({ name, bytes: Buffer.from(name), inside });
  }
  return places;
}

const [quote, comma, colon, backslash] = [0x22, 0x2c, 0x3a, 0x5c];
const [openList, closeList, openObject, closeObject] = [0x5b, 0x5d, 0x7b, 0x7d];
const nothing: readonly Place[] = [];

/**
 * One pass over one text. Each step returns the place behind what it read; or `noJson`, also where a
 * place that is asked for could be read in two ways.
 */
class Picking {
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  read(places: readonly Place[]): { readonly picked: unknown } | undefined {
    const bytes = this.#bytes;
    const from = behindBlanks(bytes, 0);
    // What is no object has none of the places, in ways that only its reader can tell apart.
    if (bytes[from] !== openObject) return undefined;
    const picked = Object.create(null) as Record<string, unknown>;
    const end = this.#object(from, 1, places, picked);
    if (end === noJson || behindBlanks(bytes, end) !== bytes.length) return undefined;
    return { picked };
  }

  #value(from: number, depth: number): number {
    const byte = this.#bytes[from];
    if (byte === quote) return behindString(this.#bytes, from);
    if (byte === openObject) return this.#object(from, depth + 1, nothing, undefined);
    if (byte === openList) return this.#list(from, depth + 1);
    return behindScalar(this.#bytes, from);
  }

  #list(from: number, depth: number): number {
    const bytes = this.#bytes;
    if (depth > mostDepth) return noJson;
    let at = behindBlanks(bytes, from + 1);
    if (bytes[at] === closeList) return at + 1;
    for (;;) {
      at = this.#value(at, depth);
      if (at === noJson) return noJson;
      at = behindBlanks(bytes, at);
      if (bytes[at] === closeList) return at + 1;
      if (bytes[at] !== comma) return noJson;
      at = behindBlanks(bytes, at + 1);
    }
  }

  #object(
    from: number,
    depth: number,
    places: readonly Place[],
    picked: Record<string, unknown> | undefined,
  ): number {
    const bytes = this.#bytes;
    if (depth > mostDepth) return noJson;
    let at = behindBlanks(bytes, from + 1);
    if (bytes[at] === closeObject) return at + 1;
    for (;;) {
      if (bytes[at] !== quote) return noJson;
      const nameEnd = behindString(bytes, at);
      if (nameEnd === noJson) return noJson;
      const place = picked === undefined ? undefined : this.#placeOf(at, nameEnd, places);
      at = behindBlanks(bytes, nameEnd);
      if (bytes[at] !== colon) return noJson;
      at = behindBlanks(bytes, at + 1);
      at =
        place === undefined || picked === undefined
          ? this.#value(at, depth)
          : this.#take(at, depth, place, picked);
      if (at === noJson) return noJson;
      at = behindBlanks(bytes, at);
      if (bytes[at] === closeObject) return at + 1;
      if (bytes[at] !== comma) return noJson;
      at = behindBlanks(bytes, at + 1);
    }
  }

  /** A value that stands at a place, or on the way to one. */
  #take(from: number, depth: number, place: Place, picked: Record<string, unknown>): number {
    const { inside, name } = place;
    // Twice in one object: the first or the last counts, by whoever reads it.
    if (name in picked) return noJson;
    const byte = this.#bytes[from];
    // Whoever asks for a list or an object must see all of it.
    if (byte === openList || (byte === openObject && inside === undefined)) return noJson;
    if (byte === openObject && inside !== undefined) {
      const part = Object.create(null) as Record<string, unknown>;
      picked[name] = part;
      return this.#object(from, depth + 1, inside, part);
    }
    const end = this.#value(from, depth);
    if (end === noJson) return noJson;
    picked[name] = JSON.parse(this.#text(from, end));
    return end;
  }

  /** The place of a member; one that escapes its name is compared as it is read. */
  #placeOf(from: number, end: number, places: readonly Place[]): Place | undefined {
    const bytes = this.#bytes;
    let escaped = false;
    for (let at = from + 1; at < end - 1 && !escaped; at += 1) escaped = bytes[at] === backslash;
    if (escaped) {
      const name = JSON.parse(this.#text(from, end)) as string;
      return places.find((place) => place.name === name);
    }
    for (let index = 0; index < places.length; index += 1) {
      const place = places[index] as Place;
      if (place.bytes.length === end - from - 2 && this.#isThere(from + 1, place.bytes))
        return place;
    }
    return undefined;
  }

  #isThere(from: number, wanted: Uint8Array): boolean {
    for (let at = 0; at < wanted.length; at += 1)
      if (this.#bytes[from + at] !== wanted[at]) return false;
    return true;
  }

  #text(from: number, end: number): string {
    const { buffer, byteOffset } = this.#bytes;
    return Buffer.from(buffer, byteOffset + from, end - from).toString();
  }
}
