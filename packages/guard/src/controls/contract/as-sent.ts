import type { Arrival } from "../../facts/arrival.ts";
import { refuse, type Refusal } from "../../facts/refusal.ts";
import { problems } from "./problems.ts";

/**
 * Fields that vouch for the bytes of a request: written otherwise, it would no longer fit them
 * (RFC 9530, RFC 3230, RFC 1864, RFC 9421).
 */
const vouching: ReadonlySet<string> = new Set([
  "content-digest",
  "digest",
  "content-md5",
  "signature-input",
]);

/** Whether the request vouches for its own bytes. Asked only of one that would be written anew. */
export function isSigned({ arrival }: { readonly arrival: Arrival }): boolean {
  const { rawHeaders } = arrival;
  for (let index = 0; index < rawHeaders.length; index += 2)
    if (vouching.has((rawHeaders[index] as string).toLowerCase())) return true;
  return false;
}

/** What is passed on as it was sent must come in the one spelling that all programs read alike. */
export const otherwiseSpelled = (what: string): Refusal =>
  refuse(problems["spelling-ambiguous"], { detail: `${what} has another spelling` });
