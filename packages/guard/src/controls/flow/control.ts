import type { Operation } from "../../document/api-document.ts";
import type { Caller } from "../../facts/caller.ts";
import { refuse, type Refusal } from "../../facts/refusal.ts";
import { compileMatch } from "../../policy/select-operations.ts";
import { type FlowStanding, type FlowState, isWhole } from "../../state/flows.ts";
import { allocateSharedFlows, SharedFlows } from "../../state/shared-flows.ts";
import { compileAnswerOutcome } from "../answer-outcome.ts";
import { type AnswerCheck, step } from "../check.ts";
import { defineControl, type LeaveFacts } from "../control.ts";
import { type FlowPlan, type FlowRule, planFlows, planOperationFlow } from "./plan.ts";
import { keys } from "./policy.ts";
import { problems } from "./problems.ts";
import { words } from "./words.ts";

export interface FlowPorts {
  /** Where steps are remembered; by this gate alone without it. */
  readonly flows?: FlowState | undefined;
}

const fewKeys = 4096;

export const flow = defineControl({
  name: "flow",
  sentence: "Whether the caller has taken the steps that lead to the operation.",
  modeKeys: [
    {
      key: "flow",
      kind: "settable",
      sentence: "Operations that come after others, in their order and at a person's pace.",
    },
  ],
  keys,
  problems: [problems],
  plan: planFlows,
  planOperation: planOperationFlow,
  open: (_plan: FlowPlan, { flows }: FlowPorts): FlowState =>
    flows ?? new SharedFlows(allocateSharedFlows(fewKeys, [1, 2])),
  request: {
    after: step({
      title: "flow",
      mode: "flow",
      needs: ["actingJudged", "bindingJudged", "caller"],
      gives: ["flowUsed"],
    }),
  },
  answer: {
    // Whatever the mode: where it is enforced later, what was done before counts.
    outcome: step({
      title: "flow by answer",
      mode: undefined,
      needs: ["caller", "flowUsed"],
      gives: [],
    }),
  },
  compile({ entry, failure }, { live, operation, whole }) {
    if (operation === undefined) return {};
    const rule = whole.flows.find((one) => one.entry === entry);
    const marks = marksOf(operation, whole);
    if (rule === undefined && marks.length === 0) return {};
    const byAnswer = compileAnswerOutcome<"caller" | "flowUsed", never>(
      failure,
      ({ arrival, caller, flowUsed }, outcome) => {
        if (outcome === "failure" || outcome === "other") flowUsed?.putBack();
        // Whoever asks for the head alone has not seen what the step is about.
        if (outcome !== "success" || caller === undefined || arrival.method !== operation.method)
          return;
        const who = whoTook(caller);
        for (const { at, of } of marks) live.note(of, who, at);
      },
      ({ caller, flowUsed }) => flowUsed !== undefined || caller !== undefined,
    );
    const answer = { outcome: unlessUnavailable(byAnswer) };
    if (rule === undefined) return { answer };
    return {
      request: { after: (known) => judge(rule, live, known) },
      answer,
      leave({ flowUsed, forwarded, isShed }: LeaveFacts) {
        if (!forwarded || isShed) flowUsed?.putBack();
      },
    };
  },
  words,
});

type FlowAnswer = AnswerCheck<"caller" | "flowUsed">;

/** A backend that says that it serves nobody just now (503) has done nothing. */
const unlessUnavailable = (check: FlowAnswer): FlowAnswer => ({
  ...check,
  head(known, head) {
    if (head.status === 503) known.flowUsed?.putBack();
    return check.head?.(known, head);
  },
});

/** The flows of which an operation is a step, and which. */
function marksOf(operation: Operation, { flows }: FlowPlan) {
  return flows.flatMap((of) => {
    const at = of.steps.findIndex((one) => compileMatch(one)(operation) !== undefined);
    return at === -1 ? [] : [{ of, at }];
  });
}

/**
 * One session on one device, as far as the credential tells them apart; and who acts in the
 * caller's name takes steps of its own.
 */
const whoTook = ({ acting, deviceId, key, sessionId }: Caller): string =>
  JSON.stringify([key, sessionId, deviceId, acting?.session]);

interface JudgedFacts {
  readonly caller: Caller | undefined;
  flowUsed: LeaveFacts["flowUsed"];
}

function judge(
  rule: FlowRule,
  state: FlowState,
  known: JudgedFacts,
): Refusal | undefined | Promise<Refusal | undefined> {
  if (known.caller === undefined)
    return refuse(problems["step-missing"], { detail: "nobody has signed in who took steps" });
  const conclude = (standing: FlowStanding): Refusal | undefined => {
    if (!isWhole(standing, rule)) return refusalOf(standing, rule);
    known.flowUsed = standing;
    return undefined;
  };
  const standing = state.use(rule, whoTook(known.caller), rule.isRepeated);
  return standing instanceof Promise ? standing.then(conclude, unknown) : conclude(standing);
}

function refusalOf({ taken, waitMs }: FlowStanding, { leastMs, steps }: FlowRule): Refusal {
  if (waitMs > 0)
    return refuse(problems["step-missing"], {
      detail: `${steps.at(-1)} was less than ${leastMs / 1000} s ago`,
      retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1000)),
    });
  return refuse(problems["step-missing"], {
    detail: `${steps[taken]} is missing of ${steps.join(", ")}: in this order, in time, and not used up`,
  });
}

/** What is shared is lost, and nobody can tell what was done at other nodes. */
const unknown = (fault: unknown): Refusal =>
  refuse(problems["steps-unknown"], { detail: (fault as Error).message, retryAfterSeconds: 2 });
