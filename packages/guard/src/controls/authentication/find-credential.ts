import { isRefusal, refuse, type Refusal } from "../../facts/refusal.ts";
import { readPairs } from "../../reading/query-pairs.ts";
import { problems } from "./problems.ts";

/**
 * Where a credential may sit: a header field with a scheme word, a header field alone, a cookie, a
 * query parameter, or the body.
 */
export type CredentialSource =
  | { readonly header: string; readonly scheme: string | undefined }
  | { readonly cookie: string }
  | { readonly query: string }
  /** A place in a JSON body (a JSON pointer), or a field of a form. */
  | { readonly body: string };

/** A place where credentials are looked for, and who takes what is found there. */
export interface LookedAt<T> {
  readonly source: CredentialSource;
  readonly taker: T;
  /** `opaque`: what the backend's own sessions and keys look like is not said. */
  readonly form: "token" | "opaque";
}

/** The one credential of a request, and where it was. */
export interface Found<T> {
  readonly credential: string;
  readonly at: LookedAt<T>;
}

/** RFC 7235 section 2.1. */
const token68 = /^[A-Za-z0-9\-._~+/]+=*$/;
/** What a cookie may hold (RFC 6265 section 4.1.1): no blank, quote, comma, semicolon, backslash. */
const opaque = /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]{1,4096}$/;
export const fits = (form: LookedAt<unknown>["form"], credential: string): boolean =>
  (form === "token" ? token68 : opaque).test(credential);

/** The one credential of a request; a refusal when it is malformed or there are two. */
export type FindCredential<T> = (
  rawHeaders: readonly string[],
  query: string,
) => Found<T> | Refusal | undefined;

const mostPairs = 1000;

/**
 * Finds the one credential of a request but for its body. Two, anywhere, are refused: the gate might read one and
 * the backend the other.
 */
export function compileCredentialFinder<T>(places: readonly LookedAt<T>[]): FindCredential<T> {
  const byField = new Map<string, LookedAt<T>[]>();
  for (const place of places) {
    const { source } = place;
    if ("query" in source || "body" in source) continue;
    const field = "cookie" in source ? "cookie" : source.header.toLowerCase();
    byField.set(field, [...(byField.get(field) ?? []), place]);
  }
  const lengths = new Set([...byField.keys()].map(({ length }) => length));
  const inQuery = places.filter(({ source }) => "query" in source);
  const inFields: FindCredential<T> = (rawHeaders) => {
    let found: Found<T> | undefined;
    for (let index = 0; index < rawHeaders.length; index += 2) {
      const name = rawHeaders[index] as string;
      // Most fields are told apart by the length of their names, without another spelling of them.
      if (!lengths.has(name.length)) continue;
      const here = byField.get(name) ?? byField.get(name.toLowerCase());
      if (here === undefined) continue;
      const credential = readField(here, rawHeaders[index + 1] as string);
      if (credential === undefined) continue;
      if (isRefusal(credential)) return credential;
      if (found !== undefined) return twoCredentials;
      found = credential;
    }
    return found;
  };
  if (inQuery.length === 0) return inFields;
  return (rawHeaders, query) => {
    const field = inFields(rawHeaders, query);
    if (query === "" || (field !== undefined && isRefusal(field))) return field;
    const parameter = readQuery(inQuery, query);
    if (parameter === undefined) return field;
    if (isRefusal(parameter)) return parameter;
    return field === undefined ? parameter : twoCredentials;
  };
}

export const twoCredentials = refuse(problems["credential-ambiguous"], {
  detail: "two credentials",
});

/** The one credential of a field, which may hold that of any of these places. */
function readField<T>(
  places: readonly LookedAt<T>[],
  value: string,
): Found<T> | Refusal | undefined {
  let found: Found<T> | undefined;
  for (const at of places) {
    const credential = readPlace(at, value);
    if (credential === undefined) continue;
    if (typeof credential !== "string") return credential;
    if (found !== undefined) return twoCredentials;
    found = { credential, at };
  }
  return found;
}

function readPlace(
  { form, source }: LookedAt<unknown>,
  value: string,
): string | Refusal | undefined {
  if ("query" in source || "body" in source) return undefined;
  if ("cookie" in source) return readCookie(source.cookie, value, form);
  if (source.scheme === undefined)
    return fits(form, value)
      ? value
      : refuse(problems["credential-malformed"], {
          detail: `the field ${source.header} does not hold one token`,
        });
  const space = value.indexOf(" ");
  const word = space === -1 ? value : value.slice(0, space);
  // Another scheme is not this credential: the backend may have its own.
  if (word.toLowerCase() !== source.scheme.toLowerCase()) return undefined;
  const credential = space === -1 ? "" : value.slice(space + 1);
  return fits(form, credential)
    ? credential
    : refuse(problems["credential-malformed"], {
        detail: `the field ${source.header} does not hold one token after ${source.scheme}`,
      });
}

function readCookie(
  name: string,
  value: string,
  form: LookedAt<unknown>["form"],
): string | Refusal | undefined {
  let found: string | undefined;
  for (const part of value.split(";")) {
    const equals = part.indexOf("=");
    if (equals === -1 || part.slice(0, equals).trim() !== name) continue;
    if (found !== undefined)
      return refuse(problems["credential-ambiguous"], { detail: `the cookie ${name} twice` });
    found = part.slice(equals + 1).trim();
  }
  // What signs out often leaves an empty cookie behind: it names no session.
  if (found === undefined || (found === "" && form === "opaque")) return undefined;
  if (fits(form, found)) return found;
  return refuse(problems["credential-malformed"], {
    detail: `the cookie ${name} does not hold one token`,
  });
}

function readQuery<T>(
  places: readonly LookedAt<T>[],
  query: string,
): Found<T> | Refusal | undefined {
  const pairs = readPairs(query, mostPairs);
  if (pairs === undefined)
    return refuse(problems["credential-malformed"], { detail: "the query has no one reading" });
  let found: Found<T> | undefined;
  for (const { name, value } of pairs) {
    const at = places.find(({ source }) => "query" in source && source.query === name);
    if (at === undefined) continue;
    if (found !== undefined) return twoCredentials;
    if (!fits(at.form, value))
      return refuse(problems["credential-malformed"], {
        detail: `the parameter ${name} does not hold one token`,
      });
    found = { credential: value, at };
  }
  return found;
}
