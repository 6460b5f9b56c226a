import { absent, objectProblems } from "../../facts/absent.ts";
import type { Refusal } from "../../facts/refusal.ts";
import type { CoreKeys } from "../../policy/core-keys.ts";
import { closestOf, type EntryAt, type JoinContext } from "../../policy/join-context.ts";
import { type AnswerCheck, step } from "../check.ts";
import { defineControl } from "../control.ts";
import { keys } from "./policy.ts";

/** Longer than most backends need to look for an object. */
const usualStepMs = 100;

export const existence = defineControl({
  name: "existence",
  sentence: "Keeps answers from telling whether there is an object that the caller may not have.",
  keys,
  problems: [objectProblems],
  planOperation: planStepMs,
  answer: {
    hide: step({ title: "hide existence", mode: "ownership", needs: [], gives: ["absenceJudged"] }),
  },
  compile: (stepMs, { operation }) =>
    stepMs === undefined || operation === undefined
      ? {}
      : {
          answer: { hide: hideAbsent },
          conceal: { stepMs, answer: absent, hides: tellsOfExistence },
        },
});

/** What a backend says of an object that is not there, was there, or may not be seen. */
const absentStatuses: ReadonlySet<number> = new Set([403, 404, 410]);

const hideAbsent: AnswerCheck<never> = {
  head: (_known, { status }) => (absentStatuses.has(status) ? "absent" : undefined),
};

/**
 * Whether a refusal would tell the caller that the object exists. Callers who are not signed in, or
 * not strongly enough, are told so all the same: otherwise they could not do anything about it.
 */
export function tellsOfExistence({ problem }: Refusal): boolean {
  if (problem === objectProblems["object-not-yours"]) return true;
  const { mode, ofTheRequest = false, status } = problem;
  return mode === "authorization" && status === 403 && !ofTheRequest;
}

function planStepMs(
  entries: readonly EntryAt<typeof keys & CoreKeys>[],
  _operation: unknown,
  { note }: JoinContext,
): number | undefined {
  const found = closestOf(entries, "hide");
  if (found === undefined) return undefined;
  if (found.value === "existence") return usualStepMs;
  const stepMs = found.value.existence;
  if (stepMs < 5 || stepMs > 10_000)
    note(
      ["operations", String(found.index), "hide", "existence"],
      "answers are held back for at least 5ms and at most 10s",
      { expected: "longer than the backend usually takes, such as 100ms" },
    );
  return stepMs;
}
