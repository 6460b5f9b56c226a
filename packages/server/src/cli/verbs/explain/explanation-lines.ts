import type { ExplainedStep, Explanation } from "@portcullis/guard";
import { tableLines } from "../../terminal.ts";

/** What would become of the request, as a table of the steps and a sentence. */
export function explanationLines(method: string, target: string, explanation: Explanation): string {
  const { operation, path, steps } = explanation;
  return [
    `${method} ${path === "" ? target : path}  →  ${operation}\n`,
    tableLines([["STEP", "OUTCOME"], ...steps.flatMap((step) => rowsOf(step, explanation))]),
    `\n${endOf(explanation)}`,
  ].join("\n");
}

/** The same for `--json`. */
export const explanationAsJson = (explanation: Explanation): object => {
  const { onAnswer, operation, refusal, reply, steps } = explanation;
  return {
    operation,
    steps: steps.map((step) => {
      const at = placesOf(step);
      return {
        step: step.step,
        outcome: outcomeOf(step, explanation),
        ...(step.refusal === undefined ? {} : { code: step.refusal.problem.code }),
        ...(step.refusal?.detail === undefined ? {} : { detail: step.refusal.detail }),
        ...(step.asks === undefined ? {} : { asks: step.asks }),
        ...(at.length === 0 ? {} : { at }),
      };
    }),
    onAnswer,
    refused: refusal?.problem.code ?? null,
    status: refusal?.problem.status ?? reply ?? null,
  };
};

function rowsOf(step: ExplainedStep, explanation: Explanation): string[][] {
  const words = [
    outcomeOf(step, explanation),
    step.asks ?? step.refusal?.problem.code,
    step.refusal?.detail,
  ];
  return [
    [step.step, words.filter((word) => word !== undefined).join(": ")],
    ...placesOf(step).map((place) => ["", `  at ${place}`]),
  ];
}

function outcomeOf({ outcome, refusal }: ExplainedStep, { concealed }: Explanation): string {
  if (outcome === "observed") return "would refuse (observed)";
  if (outcome === "refuses" && concealed && refusal !== undefined)
    return "refuses, answered as if nothing were there";
  return outcome;
}

const placesOf = ({ refusal }: ExplainedStep): string[] =>
  (refusal?.violations ?? []).map(
    (one) => `${one.in} ${one.name ?? one.pointer ?? ""}: ${one.message}`,
  );

function endOf({ onAnswer, refusal, reply, steps }: Explanation): string {
  if (refusal !== undefined) {
    const { code, status, title } = refusal.problem;
    return `It would be answered ${status} ${code}: ${title}.`;
  }
  if (reply !== undefined) return `The gate would answer itself: ${reply}.`;
  const asked = steps.flatMap(({ asks }) => (asks === undefined ? [] : [asks]));
  return [
    asked.length === 0
      ? "It would be forwarded."
      : `It would be forwarded if these agree: ${asked.join("; ")}.`,
    ...onAnswer.map((rule) => `Decided on the answer: ${rule}.`),
  ].join("\n");
}
