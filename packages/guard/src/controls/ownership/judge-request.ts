import { isRefusal, type Refusal } from "../../facts/refusal.ts";
import type { JudgedFacts } from "./judge-atom.ts";
import type { CompiledClause } from "./owner-clause.ts";
import type { Asks, OwnerOutcome, OwningCaller } from "./owner-rule.ts";

/** What the judgement of a request reads and writes. */
type Judging = JudgedFacts & {
  readonly caller: OwningCaller | undefined;
  ownerPending: number;
};

/** A clause with the bit that stands for it among those that the answer must decide. */
export interface ClauseAt {
  readonly bit: number;
  readonly clause: CompiledClause;
}

/** What the request names must be the caller's. What only the answer can tell is noted for it. */
export function compileJudgeRequest(
  clauses: readonly ClauseAt[],
  asks: Asks,
): (known: Judging) => Refusal | undefined | Promise<Refusal | undefined> {
  const conclude = (
    known: Judging,
    { bit, clause }: ClauseAt,
    outcome: OwnerOutcome,
  ): Refusal | undefined => {
    if (typeof outcome === "object" && isRefusal(outcome))
      return clause.tell(outcome, known, known.caller);
    if (outcome === "deferred") known.ownerPending |= bit;
    return undefined;
  };
  const from = (
    known: Judging,
    start: number,
  ): Refusal | undefined | Promise<Refusal | undefined> => {
    for (let index = start; index < clauses.length; index += 1) {
      const at = clauses[index] as ClauseAt;
      const outcome = at.clause.judge(known, known.caller, asks);
      if (outcome instanceof Promise)
        return outcome.then((settled) => conclude(known, at, settled) ?? from(known, index + 1));
      const refusal = conclude(known, at, outcome);
      if (refusal !== undefined) return refusal;
    }
    return undefined;
  };
  return (known) => from(known, 0);
}
