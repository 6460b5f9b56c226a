import { refuse, type Refusal } from "../../facts/refusal.ts";
import { problems } from "./problems.ts";

/**
 * Where a credential may sit: a header field with a scheme word, a header field alone, or a cookie.
 */
export type CredentialSource =
  | { readonly header: string; readonly scheme: string | undefined }
  | { readonly cookie: string };

const token68 = /^[A-Za-z0-9\-._~+/]+=*$/;

/** The one credential of a request; a refusal when it is malformed or there are two. */
export type FindCredential = (rawHeaders: readonly string[]) => string | Refusal | undefined;

/**
 * Finds the one credential of a request. Two, anywhere, are refused: the gate might read one and
 * the backend the other.
 */
export function compileCredentialFinder(sources: readonly CredentialSource[]): FindCredential {
  const byField = new Map<string, CredentialSource[]>();
  for (const source of sources) {
    const field = "cookie" in source ? "cookie" : source.header.toLowerCase();
    byField.set(field, [...(byField.get(field) ?? []), source]);
  }
  return (rawHeaders) => {
    let found: string | undefined;
    for (let index = 0; index < rawHeaders.length; index += 2) {
      const name = rawHeaders[index] as string;
      const here = byField.get(name) ?? byField.get(name.toLowerCase());
      if (here === undefined) continue;
      const credential = readField(here, rawHeaders[index + 1] as string);
      if (credential === undefined) continue;
      if (typeof credential !== "string") return credential;
      if (found !== undefined) return twoCredentials;
      found = credential;
    }
    return found;
  };
}

const twoCredentials = refuse(problems["credential-ambiguous"], { detail: "two credentials" });

/** The one credential of a field, which may hold that of any of these sources. */
function readField(
  sources: readonly CredentialSource[],
  value: string,
): string | Refusal | undefined {
  let found: string | undefined;
  for (const source of sources) {
    const credential = readSource(source, value);
    if (credential === undefined) continue;
    if (typeof credential !== "string") return credential;
    if (found !== undefined) return twoCredentials;
    found = credential;
  }
  return found;
}

function readSource(source: CredentialSource, value: string): string | Refusal | undefined {
  if ("cookie" in source) return readCookie(source.cookie, value);
  if (source.scheme === undefined)
    return token68.test(value)
      ? value
      : refuse(problems["credential-malformed"], {
          detail: `the field ${source.header} does not hold one token`,
        });
  const space = value.indexOf(" ");
  const word = space === -1 ? value : value.slice(0, space);
  // Another scheme is not this credential: the backend may have its own.
  if (word.toLowerCase() !== source.scheme.toLowerCase()) return undefined;
  const credential = space === -1 ? "" : value.slice(space + 1);
  return token68.test(credential)
    ? credential
    : refuse(problems["credential-malformed"], {
        detail: `the field ${source.header} does not hold one token after ${source.scheme}`,
      });
}

function readCookie(name: string, value: string): string | Refusal | undefined {
  let found: string | undefined;
  for (const part of value.split(";")) {
    const equals = part.indexOf("=");
    if (equals === -1 || part.slice(0, equals).trim() !== name) continue;
    if (found !== undefined)
      return refuse(problems["credential-ambiguous"], { detail: `the cookie ${name} twice` });
    found = part.slice(equals + 1).trim();
  }
  if (found === undefined) return undefined;
  return token68.test(found)
    ? found
    : refuse(problems["credential-malformed"], {
        detail: `the cookie ${name} does not hold one token`,
      });
}
