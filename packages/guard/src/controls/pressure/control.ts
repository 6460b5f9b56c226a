import { refuse, type Refusal } from "../../facts/refusal.ts";
import { abnormalUsage, usageProblems } from "../../facts/usage-problems.ts";
import { networkOf } from "../../reading/network.ts";
import { pressureKey } from "../../reading/pressure-key.ts";
import type { PressureBounds, PressureNow } from "../../state/pressure.ts";
import {
  allocateSharedPressure,
  SharedPressure,
  type SharedPressureTable,
} from "../../state/shared-pressure.ts";
import type { ResponseRule } from "../../facts/response-rules.ts";
import { type LimitState, rateBucket, type Taken } from "../../state/state.ts";
import { compileAnswerOutcome } from "../answer-outcome.ts";
import { step } from "../check.ts";
import { defineControl, type LeaveFacts } from "../control.ts";
import { planOperationPressure, planPressure, type PressurePlan } from "./plan.ts";
import { keys } from "./policy.ts";

export interface PressurePorts {
  readonly limits: LimitState;
  /** Who pays more, over all threads; counted by this gate alone without it. */
  readonly pressureTable?: SharedPressureTable | undefined;
}

export interface Live {
  readonly table: SharedPressure;
  readonly limits: LimitState;
}

const fewKeys = 4096;
/** Where nobody has said what a failure is, a refusal may be part of how an API is used. */
const [toldFailures, usualFailures, refusals] = [20, 50, 20];

export const pressure = defineControl({
  name: "pressure",
  sentence: "Whether the caller has failed, or was refused, so often that requests cost more.",
  modeKeys: [
    {
      key: "pressure",
      kind: "settable",
      sentence: "Callers who fail, or are refused, again and again.",
      answers: "Answers carry `Retry-After`.",
      estimated:
        "What is refused is counted as a failure again, and ends sooner where callers stop.",
    },
  ],
  keys,
  problems: [usageProblems],
  plan: planPressure,
  planOperation: planOperationPressure,
  open({ quietMs, steps }: PressurePlan, { limits, pressureTable }: PressurePorts): Live {
    const table = pressureTable ?? allocateSharedPressure(fewKeys, [1, 2]);
    return { table: new SharedPressure(table, { steps: steps.length, quietMs }), limits };
  },
  request: {
    press: step({
      title: "pressure",
      mode: "pressure",
      needs: ["actingJudged", "address", "bindingJudged", "caller", "held", "role"],
      gives: ["pressed"],
    }),
  },
  answer: {
    outcome: step({ title: "pressure by answer", mode: "pressure", needs: ["pressed"], gives: [] }),
  },
  compile({ failure, isSafe, isTold }, { live: { limits, table }, whole }) {
    const own = isSafe ? "read" : "write";
    if (!whole.isAsked)
      return {
        request: {
          // What an incident asks for needs no line of the policy.
          press: ({ held, role = own }) =>
            held?.pressure === undefined
              ? undefined
              : take(limits, { ...heldAt(held.pressure, whole), operations: role }, whole),
        },
      };
    const usual = boundsFor(isTold ? toldFailures : usualFailures, 1);
    const critical = boundsFor(isTold ? toldFailures : usualFailures, 2);
    return {
      request: {
        press(known) {
          const { address, caller, held, role = own, urgency } = known;
          const key = pressureKey(caller?.key, networkOf(address));
          known.pressed = { key, operations: role };
          const now = table.look(key, role, urgency.priority === "critical" ? critical : usual);
          if (now.hasChanged) known.decisions.observe(changed(now, role, whole));
          if (held?.pressure !== undefined)
            return take(limits, { ...heldAt(held.pressure, whole), operations: role }, whole);
          if (now.step === 0) return undefined;
          const { step: at } = now;
          return take(
            limits,
            { key, at, operations: role, words: wordsOf(now, role, whole) },
            whole,
          );
        },
      },
      answer: {
        outcome: compileAnswerOutcome<"pressed", never>(
          failure,
          ({ pressed }, outcome) => {
            if (pressed === undefined || (outcome !== "failure" && outcome !== "success")) return;
            table.note(pressed.key, pressed.operations, outcome);
          },
          ({ pressed }) => pressed !== undefined,
        ),
      },
      leave({ forwarded, isShed, pressed }: LeaveFacts) {
        if (!forwarded && !isShed && pressed !== undefined)
          table.note(pressed.key, pressed.operations, "refusal");
      },
    };
  },
});

/** Who pays, at which step and why. */
interface Paying {
  readonly key: string;
  readonly operations: string;
  readonly at: number;
  readonly words: string;
}

/** Everything that is held by one rule pays together, and as much as anybody does. */
const heldAt = (
  { hash, id, kind }: ResponseRule,
  { steps }: PressurePlan,
): Omit<Paying, "operations"> => ({
  key: `${kind} ${hash}`,
  at: steps.length,
  words: `this ${kind} pays the most, by ${id}`,
});

function take(
  limits: LimitState,
  { at, key, operations, words }: Paying,
  plan: PressurePlan,
): Refusal | undefined | Promise<Refusal | undefined> {
  const taken = limits.takeAll([bucketOf(key, operations, at, plan)]);
  return taken instanceof Promise
    ? taken.then((one) => conclude(one, words), unknown)
    : conclude(taken, words);
}

const boundsFor = (failures: number, times: number): PressureBounds => ({
  failures: failures * times,
  refusals: refusals * times,
});

/** At the last step, its cost leaves `least` of it. */
function bucketOf(key: string, operations: string, at: number, { least, steps }: PressurePlan) {
  const top = steps.at(-1) ?? 1;
  const cost = steps[at - 1] ?? top;
  return rateBucket(`pressure ${operations}`, key, {
    intervalMs: least.windowMs / (least.count * top),
    burst: Math.max(least.count, top),
    cost,
  });
}

function conclude({ refusedBy, waitMs }: Taken, detail: string): Refusal | undefined {
  if (refusedBy === -1) return undefined;
  return refuse(usageProblems["usage-abnormal"], {
    detail,
    type: abnormalUsage,
    retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1000)),
  });
}

/** What is shared is lost: pressure is no reason to refuse somebody of whom nothing can be told. */
const unknown = (): undefined => undefined;

function wordsOf(
  { cause, easesInMs, step: at }: PressureNow,
  operations: string,
  plan: PressurePlan,
) {
  const { length } = plan.steps;
  const times = plan.steps[at - 1] ?? 1;
  const eases = `one less in ${Math.ceil(easesInMs / 1000)} s`;
  return `${operations} costs ${times} times as much because of ${cause}: step ${at} of ${length}, ${eases}`;
}

/** A step up or down, told once: by the record of the first request that it holds for. */
const changed = (now: PressureNow, operations: string, plan: PressurePlan): Refusal =>
  refuse(usageProblems["usage-abnormal"], {
    detail:
      now.step === 0
        ? `${operations} costs as usual again`
        : `pressure has changed: ${wordsOf(now, operations, plan)}`,
  });
