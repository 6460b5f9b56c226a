import type { Arrival } from "../../facts/arrival.ts";
import { refuse, type Refusal } from "../../facts/refusal.ts";
import { problems } from "./problems.ts";

/** What of a request may not be written otherwise. */
type Vouched = "body" | "head";

/**
 * Fields that vouch for the bytes of a request: written otherwise, it would no longer fit them. A
 * digest vouches for the body alone (RFC 9530, RFC 3230, RFC 1864), a signature for the head as well
 * (RFC 9421, and the draft before it).
 */
const vouching: ReadonlyMap<string, Vouched> = new Map([
  ["content-digest", "body"],
  ["repr-digest", "body"],
  ["digest", "body"],
  ["content-md5", "body"],
  ["signature-input", "head"],
  ["signature", "head"],
]);

/** Whether the request vouches for those bytes. Asked only of one that would be written anew. */
export function vouchesFor({ arrival }: { readonly arrival: Arrival }, what: Vouched): boolean {
  const { rawHeaders } = arrival;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const vouched = vouching.get((rawHeaders[index] as string).toLowerCase());
    if (vouched === what || vouched === "head") return true;
  }
  return false;
}

/** What is passed on as it was sent must come in the one spelling that all programs read alike. */
export const otherwiseSpelled = (what: string): Refusal =>
  refuse(problems["spelling-ambiguous"], { detail: `${what} has another spelling` });
