import type { AnswerOutcome } from "../../facts/reserved.ts";
import { readPointer } from "../../reading/json-pointer.ts";
import type { AnswerCheck, AnswerHead } from "../check.ts";
import type { FailureRule } from "./rules.ts";

/**
 * Settles what a request has reserved, by the backend's own answer. What is not known for sure is
 * kept: an answer that the backend failed to give, that never came, or that cannot be read may have
 * been a guess.
 */
export function compileSettle({ body, statuses }: FailureRule): AnswerCheck<"reserved"> {
  const byStatus = ({ status }: AnswerHead): AnswerOutcome => {
    if (statuses.includes(status)) return "failure";
    if (status >= 500) return undefined;
    return status >= 200 && status < 300 ? "success" : "other";
  };
  if (body === undefined)
    return {
      head(known, head) {
        known.reserved?.answered(byStatus(head));
        return undefined;
      },
    };
  const path = readPointer(body.pointer);
  /** Whether what stands in the body is still to be asked. */
  const asks = (head: AnswerHead): boolean => !head.bodyless && byStatus(head) === "success";
  return {
    readsSuccess: true,
    head(known, head) {
      if (!asks(head)) known.reserved?.answered(byStatus(head));
      return undefined;
    },
    reads: (known, head) => known.reserved !== undefined && asks(head),
    body(known, value, head) {
      if (asks(head)) known.reserved?.answered(toldBy(value, path, body.equals));
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
