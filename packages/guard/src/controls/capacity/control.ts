import { capacityProblems, deadlinePassed } from "../../facts/capacity-problems.ts";
import { type Urgency, usualUrgency } from "../../reading/urgency.ts";
import { step } from "../check.ts";
import { defineControl } from "../control.ts";
import { foundConcurrency } from "../../policy/upstream-capacity.ts";
import { type CapacityPlan, planCapacity, planOperationCapacity } from "./plan.ts";
import { keys } from "./policy.ts";

/**
 * How much the operation matters while a backend is full. Who is given up then is decided where
 * requests wait for the backend (the port `upstream`), by the mode of this control.
 */
export const capacity = defineControl({
  name: "capacity",
  sentence: "Which requests are given up while a backend is full, or when they are late.",
  modeKeys: [
    {
      key: "capacity",
      kind: "settable",
      sentence: "Requests that a full backend has no place for, and those that are too late.",
      answers: "Answers carry `Retry-After`. What the gate itself can hold is a bound in any mode.",
      estimated: "A backend that is spared what is refused has places for others.",
    },
  ],
  keys,
  problems: [capacityProblems],
  plan: planCapacity,
  planOperation: planOperationCapacity,
  completeUpstream: ({ isPrioritized }: CapacityPlan, planned) =>
    isPrioritized && planned.concurrency === undefined
      ? { ...planned, concurrency: foundConcurrency }
      : planned,
  request: {
    urgency: step({ title: "urgency", mode: undefined, needs: [], gives: ["urgency"] }),
    inTime: step({ title: "deadline", mode: "capacity", needs: ["urgency"], gives: [] }),
  },
  compile({ deadlineMs, priority }) {
    if (deadlineMs === undefined) {
      if (priority === usualUrgency.priority) return {};
      const urgency: Urgency = Object.freeze({ priority, deadlineAt: undefined });
      return { request: { urgency: (known) => void (known.urgency = urgency) } };
    }
    return {
      request: {
        urgency: (known) =>
          void (known.urgency = { priority, deadlineAt: known.startedAt + deadlineMs }),
        inTime: ({ startedAt }) =>
          performance.now() - startedAt < deadlineMs
            ? undefined
            : deadlinePassed(`${deadlineMs} ms passed before it was forwarded`),
      },
    };
  },
});
