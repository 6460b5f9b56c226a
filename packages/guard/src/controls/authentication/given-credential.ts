import { compileClaimPlace, isTime, type ReadClaim } from "./claims.ts";
import type { LearnedPlan } from "./source-plan.ts";

/** A credential that an answer gives out. */
export interface Given {
  readonly credential: string;
  /** How long it is good as far as the answer says; Infinity where it does not. */
  readonly lifeSeconds: number;
}

/** What the answer says, or why it gives no credential out, in words. */
export type ReadGiven = (
  value: unknown,
  fields: readonly string[],
  nowSeconds: number,
) => Given | string;

/** What may come back as a credential: what a field, a cookie or a parameter can carry. */
const form = /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]{1,4096}$/;

/** Compiles where the answer to a sign-in has the credential, and until when it is good. */
export function compileReadGiven({ expires, given, lifetime }: LearnedPlan): ReadGiven {
  const read = compileRead(given);
  const ends = [
    lifetime === undefined ? undefined : compileEnd(lifetime, (value) => secondsOf(value)),
    expires === undefined
      ? undefined
      : compileEnd(expires, (value, nowSeconds) => {
          const at = momentOf(value);
          return at === undefined ? undefined : at - nowSeconds;
        }),
  ].filter((one) => one !== undefined);
  return (value, fields, nowSeconds) => {
    const found = read(value, fields, nowSeconds);
    if (typeof found === "string") return found;
    if (!form.test(found.credential)) return "the credential is not one that can be sent";
    let { lifeSeconds } = found;
    for (const end of ends) {
      const seconds = end(value, nowSeconds);
      if (seconds === undefined) return "it does not say how long the credential is good";
      lifeSeconds = Math.min(lifeSeconds, seconds);
    }
    return lifeSeconds > 0
      ? { credential: found.credential, lifeSeconds }
      : "the credential has ended already";
  };
}

function compileRead(given: LearnedPlan["given"]): ReadGiven {
  if ("cookie" in given)
    return (_value, fields, nowSeconds) => readSetCookie(fields, given.cookie, nowSeconds);
  if ("field" in given) return (_value, fields) => readField(fields, given.field.toLowerCase());
  const place = compileClaimPlace(given.pointer);
  return (value) => {
    const credential = place(value);
    return typeof credential === "string"
      ? { credential, lifeSeconds: Infinity }
      : "it gives no credential out";
  };
}

function readField(fields: readonly string[], name: string): Given | string {
  const values = valuesOf(fields, name);
  const [credential] = values;
  if (credential === undefined) return "it gives no credential out";
  if (values.length > 1) return "it gives two credentials out";
  return { credential: credential.replace(/^Bearer +/i, ""), lifeSeconds: Infinity };
}

const valuesOf = (fields: readonly string[], name: string): string[] =>
  fields.flatMap((field, index) =>
    index % 2 === 0 && field.toLowerCase() === name ? [fields[index + 1] as string] : [],
  );

/** RFC 6265 section 5.2: Max-Age counts before Expires. Two cookies of one name are none. */
function readSetCookie(
  fields: readonly string[],
  name: string,
  nowSeconds: number,
): Given | string {
  const set = valuesOf(fields, "set-cookie").flatMap((line) => {
    const [pair = "", ...attributes] = line.split(";");
    const equals = pair.indexOf("=");
    return equals > 0 && pair.slice(0, equals).trim() === name
      ? [{ credential: pair.slice(equals + 1).trim(), attributes }]
      : [];
  });
  const [only, another] = set;
  if (only === undefined) return "it gives no credential out";
  if (another !== undefined) return "it gives two credentials out";
  const said = new Map(
    only.attributes.map((one): [string, string] => {
      const equals = one.indexOf("=");
      return equals === -1
        ? [one.trim().toLowerCase(), ""]
        : [one.slice(0, equals).trim().toLowerCase(), one.slice(equals + 1).trim()];
    }),
  );
  const most = secondsOf(said.get("max-age"));
  const end = Date.parse(said.get("expires") ?? "") / 1000;
  const lifeSeconds = most ?? (Number.isNaN(end) ? Infinity : end - nowSeconds);
  return { credential: only.credential, lifeSeconds };
}

/** Undefined where the answer says something else than an end; Infinity where it says nothing. */
function compileEnd(
  place: string,
  read: (value: unknown, nowSeconds: number) => number | undefined,
): (value: unknown, nowSeconds: number) => number | undefined {
  const at: ReadClaim = compileClaimPlace(place);
  return (value, nowSeconds) => {
    const said = at(value);
    return said === undefined || said === null ? Infinity : read(said, nowSeconds);
  };
}

const secondsOf = (value: unknown): number | undefined => {
  const seconds = typeof value === "string" && /^-?\d{1,10}$/.test(value) ? Number(value) : value;
  return typeof seconds === "number" && Number.isFinite(seconds) ? seconds : undefined;
};

/** Seconds or milliseconds since 1970, or a date (RFC 3339). */
function momentOf(value: unknown): number | undefined {
  if (isTime(value)) return value;
  if (typeof value === "number" && value < 1e14 && value > 0) return value / 1000;
  const at = typeof value === "string" ? Date.parse(value) : Number.NaN;
  return Number.isNaN(at) ? undefined : at / 1000;
}
