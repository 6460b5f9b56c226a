import type { AnswerOutcome } from "../facts/reserved.ts";
import { readPointer } from "../reading/json-pointer.ts";
import type { Fact, Known } from "../facts/facts.ts";
import type { FailureRule } from "../policy/failure-setting.ts";
import type { AnswerCheck, AnswerHead } from "./check.ts";

/** Told once of the backend's answer, as soon as it is known what it was. */
export type TellOutcome<N extends Fact, G extends Fact> = (
  known: Known<N, G>,
  outcome: AnswerOutcome,
) => void;

/**
 * Judges by the backend's own answer whether what was tried has failed. What is not known for sure
 * stays undefined: an answer that the backend failed to give, that never came, or that cannot be
 * read may have been a guess.
 *
 * @param isAwaited whether anybody wants to know it of this request
 */
export function compileAnswerOutcome<N extends Fact, G extends Fact>(
  { body, statuses }: FailureRule,
  tell: TellOutcome<N, G>,
  isAwaited: (known: Known<N, G>) => boolean,
): AnswerCheck<N, G> {
  const byStatus = ({ status }: AnswerHead): AnswerOutcome => {
    if (statuses.includes(status)) return "failure";
    if (status >= 500) return undefined;
    return status >= 200 && status < 300 ? "success" : "other";
  };
  if (body === undefined)
    return {
      head(known, head) {
        tell(known, byStatus(head));
        return undefined;
      },
    };
  const path = readPointer(body.pointer);
  /** Whether what stands in the body is still to be asked. */
  const asks = (head: AnswerHead): boolean => !head.bodyless && byStatus(head) === "success";
  return {
    readsSuccess: true,
    head(known, head) {
      if (!asks(head)) tell(known, byStatus(head));
      return undefined;
    },
    reads: (known, head) => isAwaited(known) && asks(head),
    body(known, value, head) {
      if (asks(head)) tell(known, toldBy(value, path, body.equals));
      return undefined;
    },
  };
}

/** Where nothing stands at the place, nobody can tell. */
function toldBy(
  value: unknown,
  path: readonly string[],
  equals: string | number | boolean,
): AnswerOutcome {
  let one = value;
  for (const name of path) {
    if (typeof one !== "object" || one === null || !Object.hasOwn(one, name)) return undefined;
    one = (one as Record<string, unknown>)[name];
  }
  return one === equals ? "failure" : "success";
}
