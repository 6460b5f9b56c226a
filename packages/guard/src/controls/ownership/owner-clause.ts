import { notYours } from "../../facts/absent.ts";
import type { Refusal } from "../../facts/refusal.ts";
import type { GrantState } from "../../state/grants.ts";
import { compileAnswerTest, type JudgeObject } from "./answer-test.ts";
import type { Granting } from "./granted.ts";
import type { JudgeAtom, JudgedFacts } from "./judge-atom.ts";
import { compileAtom } from "./owner-atoms.ts";
import { compileNameObjects, compileTell, type TellOf } from "./name-objects.ts";
import type { Asks, OwnerAtom, OwnerClause, OwnerOutcome, OwningCaller } from "./owner-rule.ts";

/** Judges one clause before the request is forwarded. A promise only where somebody is asked. */
export type JudgeClause = (
  known: JudgedFacts,
  caller: OwningCaller | undefined,
  asks: Asks,
) => OwnerOutcome | Promise<OwnerOutcome>;

/** Judges one clause by the backend's answer, where nothing before has satisfied it. */
export type JudgeAnswer = JudgeObject;

/** One clause of an owner rule, compiled once for all the moments at which it may be judged. */
export interface CompiledClause {
  /** Says in a refusal's record by which rule, of which object, and who asked. */
  readonly tell: TellOf;
  /** Whether path, query and header alone decide: then it is judged before the body is read. */
  readonly early: boolean;
  readonly judge: JudgeClause;
  /** Undefined where the answer has no say. */
  readonly judgeAnswer: JudgeAnswer | undefined;
  /** What of the answer it looks at; undefined where it looks at more than places. */
  readonly looksAt: readonly (readonly string[])[] | undefined;
}

export const nobody = notYours("nobody is signed in");

export function compileClause(
  clause: OwnerClause,
  rule: string,
  grants: GrantState | undefined,
): CompiledClause {
  const { atoms } = clause;
  return {
    tell: compileTell(clause, rule),
    early: atoms.every((atom) => atom.kind === "request" && atom.place.from !== "body"),
    judge: compileJudge(clause, grants),
    judgeAnswer: compileJudgeAnswer(atoms, grants),
    looksAt: placesOf(atoms),
  };
}

function placesOf(atoms: readonly OwnerAtom[]): readonly (readonly string[])[] | undefined {
  const tests = atoms.flatMap((atom) => (atom.kind === "response" ? [atom.test] : []));
  if (tests.some(({ shares }) => shares !== undefined)) return undefined;
  return tests.flatMap(({ owner, states }) => [
    ...(owner === undefined ? [] : [owner.pointer]),
    ...states.map(({ pointer }) => pointer),
  ]);
}

/** In the order of their cost: the first that holds is enough. */
const order: readonly OwnerAtom["kind"][] = ["request", "provenance", "relation", "lookup"];

function compileJudge(
  { atoms, exceptRoles }: OwnerClause,
  grants: GrantState | undefined,
): JudgeClause {
  const judges = order.flatMap((kind) =>
    atoms.flatMap((atom) =>
      atom.kind === kind && atom.kind !== "response"
        ? [compileAtom(atom, grantingOf(atom, grants))]
        : [],
    ),
  );
  const defers = atoms.some((atom) => atom.kind === "response");
  const from = (
    start: number,
    known: JudgedFacts,
    caller: OwningCaller,
    asks: Asks,
    before: Refusal,
  ): OwnerOutcome | Promise<OwnerOutcome> => {
    let refused = before;
    for (let index = start; index < judges.length; index += 1) {
      const outcome = (judges[index] as JudgeAtom)(known, caller, asks);
      if (outcome === undefined) return "owned";
      if (outcome instanceof Promise)
        return outcome.then((settled) =>
          settled === undefined ? "owned" : from(index + 1, known, caller, asks, settled),
        );
      refused = outcome;
    }
    return defers ? "deferred" : refused;
  };
  return (known, caller, asks) => {
    if (caller === undefined) return nobody;
    if (exceptRoles.some((role) => caller.roles.includes(role))) return "owned";
    return from(0, known, caller, asks, nobody);
  };
}

/** A grant is of what the request names to the very way of owning that asks for it. */
const grantingOf = (atom: OwnerAtom, grants: GrantState | undefined): Granting => ({
  grants,
  objectsOf: compileNameObjects({ atoms: [atom] }),
});

function compileJudgeAnswer(
  atoms: readonly OwnerAtom[],
  grants: GrantState | undefined,
): JudgeAnswer | undefined {
  const judged = atoms
    .filter((atom) => atom.kind === "response")
    .map((atom) => compileAnswerTest(atom.test, grantingOf(atom, grants)));
  if (judged.length === 0) return undefined;
  return (answer, caller, known) => {
    let refused: Refusal | undefined = nobody;
    for (const judge of judged) {
      refused = judge(answer, caller, known);
      if (refused === undefined) return undefined;
    }
    return refused;
  };
}
