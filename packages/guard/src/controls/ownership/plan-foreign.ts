import type { Operation } from "../../document/api-document.ts";
import { noteClaimSource } from "../../policy/claim-source.ts";
import type { JoinContext } from "../../policy/join-context.ts";
import { readPointer } from "../../reading/json-pointer.ts";
import { folded } from "../../reading/names-alike.ts";
import type { OwnerClause } from "./owner-rule.ts";
import { placeOf } from "./plan-request-place.ts";
import type { OwnerLeaf } from "./policy.ts";
import { verifyInAnswer } from "./verify-pointer.ts";

type Place = readonly string[];

/** A list of the answer that is cut to the caller's own instead of being refused. */
export interface ForeignPlan {
  readonly pointer: readonly string[];
  readonly is: string;
  readonly exceptRoles: readonly string[];
  readonly counts: CountsPlan;
}

/** Pointers into the answer (`/meta/total`) and names of header fields, in lower case. */
export interface CountsPlan {
  /** What tells of the list beside what is known by name. */
  readonly totals: readonly string[];
  /** What is known by name, and stays as it is. */
  readonly keep: readonly string[];
}

/** Whether a rule cuts a list, in either form of the policy's key. */
export const filters = ({ foreign }: OwnerLeaf): boolean =>
  typeof foreign === "object" ? foreign.filter : foreign === "filter";

/** What a rule that cuts a list cannot say. */
const notForLists = [
  "lookup",
  "in",
  "equals",
  "some",
  "granted",
  "grants",
  "methods",
  "when",
  "except",
] as const;

/** The cut of a list, with the clauses that its query must hold; undefined, with its faults noted. */
export function planForeign(
  operation: Operation,
  leaf: OwnerLeaf,
  place: Place,
  context: JoinContext,
): { readonly foreign: ForeignPlan; readonly clauses: readonly OwnerClause[] } | undefined {
  const { exceptRoles = [], foreign, is, response } = leaf;
  for (const key of notForLists)
    if (leaf[key] !== undefined)
      context.note([...place, key], `a list is cut by one claim, and '${key}' is no part of that`, {
        expected: "response: /items/*/customerId, is: token.sub, foreign: filter",
      });
  if (response === undefined || is === undefined || !readPointer(response).includes("*")) {
    context.note(
      [...place, "foreign"],
      "only a list of the answer can be cut to the caller's own",
      { expected: "response: /items/*/customerId, is: token.sub, foreign: filter" },
    );
    return undefined;
  }
  noteClaimSource(is, [...place, "is"], context);
  const pointer = readPointer(response);
  verifyInAnswer(operation, pointer, [...place, "response"], context);
  const { keep = [], totals = [] } = typeof foreign === "object" ? foreign : {};
  const counts = { totals: totals.map(placeOfCount), keep: keep.map(placeOfCount) };
  const clauses = ownersInQuery(operation, pointer).flatMap(({ name, required }) => {
    const named = placeOf(operation, `query.${name}`, [...place, "foreign"], !required, context);
    return named === undefined
      ? []
      : [
          {
            atoms: [{ kind: "request", place: named, is, optional: !required }],
            exceptRoles,
          } as const,
        ];
  });
  return { foreign: { pointer, is, exceptRoles, counts }, clauses };
}

/** Header fields are named in any case. */
const placeOfCount = (written: string): string =>
  written.startsWith("/") ? written : written.toLowerCase();

/** Names that say nothing without the one before them: `owner/id`. */
const generic: ReadonlySet<string> = new Set(["id", "uuid", "sub", "ref", "value"]);

/**
 * Query parameters of the name of the owner: who asks for another's elements is answered by the
 * count of what was cut.
 */
function ownersInQuery(
  { parameters }: Operation,
  pointer: readonly string[],
): Operation["parameters"] {
  const inside = pointer.slice(pointer.indexOf("*") + 1);
  const last = folded(inside.at(-1) ?? "");
  const before = folded(inside.at(-2) ?? "");
  const names = new Set([folded(inside.join("")), generic.has(last) ? before : last]);
  return parameters.filter(
    ({ content, in: location, name }) =>
      location === "query" &&
      content === undefined &&
      folded(name) !== "" &&
      names.has(folded(name)),
  );
}
