import { refuse, type Refusal } from "../refusal.ts";
import { compileAtom, type JudgeAtom } from "./owner-atoms.ts";
import type { Asks, Owner, OwnerAtom, OwnerClause, OwnerOutcome } from "./owner-rule.ts";
import { checkOwnerInAnswer, compileOwnerExpression } from "./ownership.ts";
import type { NamingRequest } from "./request-place.ts";

/** A promise only where somebody is asked. */
export type JudgeClause = (request: NamingRequest, owner: Owner | undefined, asks: Asks) => OwnerOutcome | Promise<OwnerOutcome>;

const nobody = refuse("object-not-yours", { detail: "nobody is signed in" });

/** Judges one clause before the request is forwarded. Atoms are tried in the order of their cost; one that holds is enough. */
export function compileOwnerClause({ atoms, exceptRoles }: OwnerClause): JudgeClause {
  const order: readonly OwnerAtom["kind"][] = ["request", "provenance", "relation", "lookup"];
  const judges = order.flatMap((kind) => atoms.flatMap((atom) => (atom.kind === kind && atom.kind !== "response" ? [compileAtom(atom)] : [])));
  const defers = atoms.some((atom) => atom.kind === "response");
  const from = (start: number, request: NamingRequest, owner: Owner, asks: Asks, before: Refusal): OwnerOutcome | Promise<OwnerOutcome> => {
    let refused = before;
    for (let index = start; index < judges.length; index += 1) {
      const outcome = (judges[index] as JudgeAtom)(request, owner, asks);
      if (outcome === undefined) return "owned";
      if (outcome instanceof Promise) return outcome.then((settled) => (settled === undefined ? "owned" : from(index + 1, request, owner, asks, settled)));
      refused = outcome;
    }
    return defers ? "deferred" : refused;
  };
  return (request, owner, asks) => {
    if (owner === undefined) return nobody;
    if (exceptRoles.some((role) => owner.roles.includes(role))) return "owned";
    return from(0, request, owner, asks, nobody);
  };
}

/** Judges the clauses that the answer must decide. `pending` are those that nothing before has satisfied. */
export function compileOwnerOfAnswer(clause: OwnerClause): (answer: unknown, owner: Owner) => Refusal | undefined {
  const atoms = clause.atoms.filter((atom) => atom.kind === "response").map((atom) => ({ pointer: atom.pointer, ownerOf: compileOwnerExpression(atom.is) }));
  return (answer, owner) => {
    let refused: Refusal | undefined = nobody;
    for (const { ownerOf, pointer } of atoms) {
      refused = checkOwnerInAnswer(answer, pointer, ownerOf(owner));
      if (refused === undefined) return undefined;
    }
    return refused;
  };
}
