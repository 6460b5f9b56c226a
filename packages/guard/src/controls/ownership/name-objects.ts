import { decodeSegment } from "../../document/sent-parameters.ts";
import type { Named } from "../../facts/named.ts";
import type { Refusal } from "../../facts/refusal.ts";
import type { NamingFacts } from "./named-ids.ts";
import type { LookupPlan, OwnerAtom, OwnerClause, OwningCaller } from "./owner-rule.ts";
import { compileReadIds, type RequestPlace } from "./request-place.ts";

/** Adds to a refusal by an owner rule what its record says: the rule, the object and who asked. */
export type TellOf = (refused: Refusal, known: NamingFacts, caller: NamedCaller) => Refusal;

type NamedCaller = Pick<OwningCaller, "subject"> | undefined;

/**
 * What a rule has found itself is surer than what is gathered here: of several objects, which one
 * was refused.
 */
export function compileTell(clause: OwnerClause, rule: string): TellOf {
  const objectsOf = compileNameObjects(clause);
  return (refused, known, caller) => ({
    ...refused,
    rule,
    named: () => ({
      objects: objectsOf(known),
      caller: caller?.subject,
      ...refused.named?.(),
    }),
  });
}

/** A refusal that knows more of what it is about than whoever made it. */
export const naming = (refused: Refusal, more: () => Named): Refusal => ({
  ...refused,
  named: () => ({ ...more(), ...refused.named?.() }),
});

/** The objects that a request names to this rule: where it looks for them, or last in the path. */
export function compileNameObjects({
  atoms,
}: Pick<OwnerClause, "atoms">): (known: NamingFacts) => readonly string[] {
  const readers = atoms.flatMap(placesOf).map((place) => compileReadIds(place, true));
  return (known) => {
    const named = new Set<string>();
    for (const read of readers) {
      const ids = read(known);
      if (!("unread" in ids)) for (const id of ids) named.add(id);
    }
    const last = known.pathParameters.at(-1);
    if (named.size === 0 && last !== undefined) named.add(decodeSegment(last));
    return [...named];
  };
}

function placesOf(atom: OwnerAtom): readonly RequestPlace[] {
  switch (atom.kind) {
    case "request":
      return [atom.place];
    case "provenance":
      return [atom.id];
    case "relation":
      return [atom.relation.id];
    case "lookup":
      return placesOfLookup(atom.lookup);
    case "response":
      return [];
    default:
      return atom satisfies never;
  }
}

/** A path names the object last: `/teams/{teamId}/notes/{noteId}`. */
function placesOfLookup({ find, steps }: LookupPlan): readonly RequestPlace[] {
  if (find !== undefined) return [find.id];
  const values = steps[0]?.values ?? [];
  return values.flatMap((value) => (value.from === "answer" ? [] : [value])).slice(-1);
}
