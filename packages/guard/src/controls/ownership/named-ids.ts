import type { Facts } from "../../facts/facts.ts";

/**
 * The facts of a request that may name objects. The body is known only to rules that are judged
 * after it was read.
 */
export type NamingFacts = Readonly<
  Pick<Facts, "arrival" | "pathParameters" | "query"> & Partial<Pick<Facts, "body" | "bodyAbsent">>
>;

/**
 * The ids that stand there; `unread` says why they cannot be told for sure. Empty only where the
 * rule lets the request name none.
 */
export type NamedIds = readonly string[] | { readonly unread: string };

/** How a place is read, compiled ahead. */
export type ReadIds = (known: NamingFacts) => NamedIds;

export const noIds: NamedIds = [];
export const unnamed: NamedIds = { unread: "the request does not name the object" };
