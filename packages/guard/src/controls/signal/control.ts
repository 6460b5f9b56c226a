import { compileAnswerOutcome } from "../answer-outcome.ts";
import { step } from "../check.ts";
import { defineControl } from "../control.ts";
import { planOperationSignal } from "./plan.ts";
import { keys } from "./policy.ts";
import { compileReadTarget } from "./read-target.ts";
import { words } from "./words.ts";

/** Refuses nothing: it notes what the record of a request tells those who look for attacks. */
export const signal = defineControl({
  name: "signal",
  sentence: "What an operation is for, and what detectors are told of each attempt at it.",
  keys,
  problems: [],
  issuerKeys: ["role", "target", "failure"],
  planOperation: planOperationSignal,
  request: {
    role: step({ title: "role", mode: undefined, needs: [], gives: ["role"] }),
    target: step({
      title: "target",
      mode: undefined,
      needs: ["body", "bodyIdsOpened"],
      gives: ["target"],
    }),
  },
  answer: {
    outcome: step({
      title: "outcome",
      mode: undefined,
      needs: ["role"],
      gives: ["answerOutcome"],
    }),
  },
  compile(own) {
    if (own === undefined) return {};
    const { failure, role, target } = own;
    const read = target === undefined ? undefined : compileReadTarget(target);
    return {
      request: {
        role: (known) => void (known.role = role),
        target: read === undefined ? undefined : (known) => void (known.target = read(known.body)),
      },
      answer: {
        outcome: compileAnswerOutcome<"role", "answerOutcome">(
          failure,
          (known, outcome) => (known.answerOutcome = outcome),
          () => true,
        ),
      },
    };
  },
  words,
});
