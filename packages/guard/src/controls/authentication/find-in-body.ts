import type { Envelope } from "../../facts/envelope.ts";
import type { Known } from "../../facts/facts.ts";
import { mayHaveBody } from "../../facts/header-fields.ts";
import { holdBody } from "../../facts/hold-body.ts";
import { refuse, type Refusal } from "../../facts/refusal.ts";
import { readFormFields } from "../../reading/form-fields.ts";
import { isJson, readMediaType } from "../../reading/media-type.ts";
import { readStrictJson } from "../../reading/strict-json.ts";
import { compileClaimPlace } from "./claims.ts";
import { fits, type Found, type LookedAt, twoCredentials } from "./find-credential.ts";
import { problems } from "./problems.ts";

/** Who has not said yet who they are makes the gate hold no more than this. */
const mostBytes = 1_048_576;

type Needs = Known<"caller" | "fields", "bodyBytes" | "heldBytes">;

/** The one credential of a request's body; a refusal when it is malformed or there are two. */
export type FindInBody<T> = (known: Needs) => Promise<Found<T> | Refusal | undefined> | undefined;

/**
 * Finds the one credential of a body: a member of a JSON object, or a field of a form. The body has
 * to be read before anything else is known of its caller, which is why it is read at operations
 * with such a body alone, and only up to a bound.
 *
 * @returns undefined where no source looks into bodies
 */
export function compileBodyFinder<T>(places: readonly LookedAt<T>[]): FindInBody<T> | undefined {
  const findIn = compileFindIn(places);
  if (findIn === undefined) return undefined;
  return (known) => {
    const readBody = readerOf(known.fields.contentType);
    if (readBody === undefined || !mayHaveBody(known)) return undefined;
    return holdBody(known, mostBytes).then((held) => {
      // Whoever reads the body after this says what is wrong with it.
      if (held !== "held" || known.bodyBytes === undefined) return undefined;
      const body = readBody(known.bodyBytes);
      return body === undefined ? unreadable : findIn(body);
    });
  };
}

/** The same for what an app has put beside the data of a body. */
export type FindInEnvelope<T> = (envelope: Envelope) => Found<T> | Refusal | undefined;

/** @returns undefined where no source looks into bodies */
export const compileEnvelopeFinder = <T>(
  places: readonly LookedAt<T>[],
): FindInEnvelope<T> | undefined => compileFindIn(places);

function compileFindIn<T>(
  places: readonly LookedAt<T>[],
): ((body: object) => Found<T> | Refusal | undefined) | undefined {
  const looked = places.flatMap((at) =>
    "body" in at.source ? [{ at, read: compileClaimPlace(at.source.body) }] : [],
  );
  if (looked.length === 0) return undefined;
  return (body) => {
    let found: Found<T> | undefined;
    for (const { at, read } of looked) {
      const value = read(body);
      if (value === undefined || value === null || value === "") continue;
      if (typeof value !== "string" || !fits(at.form, value)) return malformed;
      if (found !== undefined) return twoCredentials;
      found = { credential: value, at };
    }
    return found;
  };
}

const malformed = refuse(problems["credential-malformed"], {
  detail: "the place in the body does not hold one token",
});
const unreadable = refuse(problems["credential-malformed"], {
  detail: "the body, which may hold a credential, has no one reading",
});

type ReadBody = (bytes: Buffer) => object | undefined;

/** Text is what apps send as JSON where a browser must not ask the server first. */
function readerOf(contentType: string | undefined): ReadBody | undefined {
  const type = contentType === undefined ? undefined : readMediaType(contentType);
  if (type === undefined) return undefined;
  if (isJson(type)) return readObject;
  if (type.type === "text" && type.subtype === "plain")
    return (bytes) => (bytes[0] === 0x7b ? readObject(bytes) : {});
  return type.type === "application" && type.subtype === "x-www-form-urlencoded"
    ? readForm
    : undefined;
}

function readObject(bytes: Buffer): object | undefined {
  if (bytes.length === 0) return {};
  const read = readStrictJson(bytes);
  if ("unread" in read) return undefined;
  return typeof read.value === "object" && read.value !== null ? read.value : {};
}

/** A name that is sent several times is a list, which is no credential. */
function readForm(bytes: Buffer): object | undefined {
  const fields = readFormFields(bytes);
  if (fields === undefined) return undefined;
  const values = new Map<string, string | string[]>();
  for (const { name, value } of fields) values.set(name, values.has(name) ? [] : value);
  return Object.fromEntries(values);
}
