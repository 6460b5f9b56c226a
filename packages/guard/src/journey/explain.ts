import type { Refusal } from "../facts/refusal.ts";
import { NotAsked } from "../ports/not-asked.ts";
import type { Course, RunStep } from "./course.ts";
import { gateFault } from "./boundary.ts";
import type { Exchange } from "./exchange.ts";
import type { JourneyEnds } from "./journey.ts";

/** What one step said. */
export interface ExplainedStep {
  readonly step: string;
  /**
   * `observed`: it would refuse, and is only observed. `off`: it is switched off. `mends`: the
   * request goes on without what it should not hold. `replies`: the gate answers itself. `asks`:
   * somebody else decides, who is not asked here.
   */
  readonly outcome:
    | "passes"
    | "refuses"
    | "observed"
    | "off"
    | "mends"
    | "replies"
    | "asks"
    | "not reached";
  /** What it refuses with, or mends because of. */
  readonly refusal?: Refusal;
  /** What it would ask, such as `GET /v1/accounts/42 of the backend`. */
  readonly asks?: string;
}

/** What would become of a request. */
export interface Explanation {
  /** The operation; `(undeclared)` for what no document names. */
  readonly operation: string;
  readonly pathTemplate: string | undefined;
  /** The canonical path; empty where there is none. */
  readonly path: string;
  readonly steps: readonly ExplainedStep[];
  /** The refusal that it would be answered with; undefined where it would be forwarded. */
  readonly refusal: Refusal | undefined;
  /** The answer is another than the refusal says, so that it does not tell what there is. */
  readonly concealed: boolean;
  /** The status with which the gate would answer itself. */
  readonly reply: number | undefined;
  /** What only the backend's answer can decide, in words; empty where nothing is left to it. */
  readonly onAnswer: readonly string[];
}

/** What is gathered while an exchange takes its steps. */
export interface Explaining {
  readonly steps: ExplainedStep[];
  /** What a step would have asked somebody else. */
  readonly unasked: Map<RunStep, string>;
  /** The course of the operation as it is served; undefined while none has been found. */
  course: Course | undefined;
  readonly resolve: (explanation: Explanation) => void;
}

export const newExplaining = (resolve: Explaining["resolve"]): Explaining => ({
  steps: [],
  unasked: new Map(),
  course: undefined,
  resolve,
});

/**
 * The same course, on which a step that would ask somebody else goes on as if the answer had been
 * good.
 */
export function withoutAsking(course: Course, explaining: Explaining): Course {
  const { unasked } = explaining;
  explaining.course = course;
  const steps = course.steps.map((step): RunStep => {
    const note = (fault: unknown): undefined => {
      if (!(fault instanceof NotAsked)) throw fault;
      unasked.set(wrapped, fault.what);
    };
    const wrapped: RunStep = {
      ...step,
      check(exchange) {
        try {
          const outcome = step.check(exchange);
          return outcome instanceof Promise ? outcome.catch(note) : outcome;
        } catch (fault) {
          return note(fault);
        }
      },
    };
    return wrapped;
  });
  return { ...course, steps };
}

/** Ends journeys by saying what would become of them. Nothing is answered, nothing forwarded. */
export const explainEnds: JourneyEnds<Explaining> = {
  refuse: (exchange, way) => conclude(exchange, way, undefined),
  reply: (exchange, way, { reply }) => conclude(exchange, way, reply),
  forward: (exchange, way) => conclude(exchange, way, undefined),
  abandon: (exchange, way) => conclude(exchange, way, undefined),
  fail(exchange, way, fault) {
    exchange.decisions.fail(gateFault(fault));
    conclude(exchange, way, undefined);
  },
  onStep(exchange, { steps, unasked }, step, outcome, stands) {
    const { title } = step;
    const asks = unasked.get(step);
    if (asks !== undefined) steps.push({ step: title, outcome: "asks", asks });
    else if (outcome === undefined) steps.push({ step: title, outcome: "passes" });
    else if ("reply" in outcome) steps.push({ step: title, outcome: "replies" });
    else if (stands) steps.push({ step: title, outcome: "refuses", refusal: outcome as Refusal });
    else {
      const refusal = "mend" in outcome ? outcome.because : outcome;
      steps.push({ step: title, outcome: letPass(exchange, refusal), refusal });
    }
  },
};

/** Why a refusal did not refuse. */
function letPass({ decisions }: Exchange, refusal: Refusal): "mends" | "observed" | "off" {
  const made = decisions.made.find((decision) => decision.refusal === refusal);
  if (made === undefined) return "off";
  return made.mode === "enforce" ? "mends" : "observed";
}

function conclude(
  exchange: Exchange,
  { course = exchange.course, resolve, steps }: Explaining,
  reply: number | undefined,
): void {
  const { decisions, path } = exchange;
  const { operation } = course;
  const { refusal } = decisions;
  const ends = refusal !== undefined || reply !== undefined;
  resolve({
    operation: operation.name,
    pathTemplate: operation.pathTemplate,
    path,
    steps: exchange.routed ? withUntaken(steps, course) : steps,
    refusal,
    concealed: refusal !== undefined && operation.conceal?.hides(refusal) === true,
    reply,
    onAnswer: ends ? [] : onAnswer(course),
  });
}

/** Adds the steps of the operation that were switched off, or not reached, at their places. */
function withUntaken(taken: readonly ExplainedStep[], course: Course): readonly ExplainedStep[] {
  const { operation, steps } = course;
  const ofOperation = taken.slice(taken.findIndex(({ step }) => step === "route") + 1);
  const before = taken.slice(0, taken.length - ofOperation.length);
  const explained = operation.steps.map((step): ExplainedStep => {
    if (!steps.includes(step)) return { step: step.title, outcome: "off" };
    const at = steps.indexOf(step);
    return ofOperation[at] ?? { step: step.title, outcome: "not reached" };
  });
  return [...before, ...explained];
}

const onAnswer = ({ answers, operation }: Course): readonly string[] =>
  answers.length === 0 ? [] : operation.onAnswer;
