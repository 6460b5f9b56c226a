import type { Operation } from "../document/api-document.ts";
import type { Fact } from "../facts/facts.ts";
import type { Problem } from "../facts/problem.ts";
import type { Joining } from "../policy/join.ts";
import type { PolicyKeys } from "../policy/keys.ts";
import type { ModeKey } from "../policy/mode-setting.ts";
import type { FactsOf } from "./check.ts";
import type { GateAt, OperationAt } from "./compile-context.ts";
import type { BesideSteps, EveryAnswer, Finding, FindingAt, StepTable } from "./control.ts";

/** Any control, as it is seen by the parts of the gate that know no control by name. */
export interface AnyControl extends Joining {
  readonly sentence: string;
  readonly modeKeys?: readonly ModeKey[];
  readonly keys: PolicyKeys;
  readonly problems: readonly Readonly<Record<string, Problem>>[];
  open?(whole: never, ports: never, gate: GateAt): unknown;
  close?(live: never): void;
  readonly first?: StepTable;
  compileFirst?(live: never, whole: never): Readonly<Record<string, unknown>>;
  everyAnswer?(live: never, whole: never): EveryAnswer | undefined;
  readonly request?: StepTable;
  readonly answer?: StepTable;
  compile?(own: never, at: OperationAt<never, never>): AnyCompiled;
  readonly words?: AnyWords;
}

export interface AnyCompiled extends BesideSteps {
  readonly request?: Readonly<Record<string, unknown>>;
  readonly answer?: Readonly<Record<string, unknown>>;
}

export interface AnyWords {
  readonly column?: {
    /** What it is called in `--json`. */
    readonly key: string;
    /** Its place among the columns, the least first. */
    readonly place: number;
    /** Whether the policy speaks of it at all; always shown without it. */
    readonly isShown?: (whole: never) => boolean;
    readonly title: string;
    readonly cell: (own: never, operation: Operation, whole: never) => string;
  };
  findings?(own: never, at: FindingAt, whole: never): readonly Finding[];
  says?(whole: never): readonly string[];
  onAnswer?(own: never, whole: never): readonly string[];
}

/** A step of a control, at its place in the order. */
export interface PlacedStep {
  readonly control: AnyControl;
  /** Its name in the control's table of steps. */
  readonly step: string;
  readonly facts: FactsOf<Fact, Fact>;
}

type Steps<C, Phase extends "first" | "request" | "answer"> = C extends {
  readonly [P in Phase]?: infer T extends StepTable | undefined;
}
  ? NonNullable<T>
  : never;
type Needs<T, S extends keyof T> = T[S] extends FactsOf<infer N, Fact> ? N : never;
type Gives<T, S extends keyof T> = T[S] extends FactsOf<Fact, infer G> ? G : never;

/**
 * Where a fact is missing, the step's name must also be of this type. No name is, so that the line
 * does not compile.
 */
type Known<N extends Fact, K extends Fact> = [N] extends [K]
  ? unknown
  : { readonly "needs a fact that no earlier step gives": Exclude<N, K> };

/** The facts that are known when the operation has been found. */
type OfRoute = "envelope" | "pathParameters";

/**
 * The order of the journey, as a list that does not compile when it is wrong: a step can stand only
 * behind the steps that give the facts it needs. The types cost nothing at run time, where the
 * order is three flat lists.
 */
export class Order<K extends Fact, C extends AnyControl> {
  readonly first: readonly PlacedStep[];
  readonly request: readonly PlacedStep[];
  readonly answer: readonly PlacedStep[];

  private constructor(
    first: readonly PlacedStep[],
    request: readonly PlacedStep[],
    answer: readonly PlacedStep[],
  ) {
    this.first = first;
    this.request = request;
    this.answer = answer;
  }

  static begin(): FirstOrder<never, never> {
    return new Order<never, never>([], [], []);
  }

  /** Every control of the order, each once, as it first stands in it. */
  get controls(): readonly C[] {
    const steps = [...this.first, ...this.request, ...this.answer];
    return [...new Set(steps.map(({ control }) => control))] as unknown as readonly C[];
  }

  /** A step that is taken before the operation is known. */
  beforeRoute<D extends AnyControl, S extends keyof Steps<D, "first"> & string>(
    control: D,
    step: S & Known<Needs<Steps<D, "first">, S>, K>,
  ): FirstOrder<K | Gives<Steps<D, "first">, S>, C | D> {
    return new Order([...this.first, place(control, "first", step)], this.request, this.answer);
  }

  /** Here the operation is found. */
  route(
    ..._known: Known<"path" | "version", K> extends infer U
      ? unknown extends U
        ? []
        : [missing: U]
      : never
  ): RequestOrder<K | OfRoute, C> {
    return new Order(this.first, this.request, this.answer);
  }

  /** A step of the operation, before the request is passed on. */
  step<D extends AnyControl, S extends keyof Steps<D, "request"> & string>(
    control: D,
    step: S & Known<Needs<Steps<D, "request">, S>, K>,
  ): RequestOrder<K | Gives<Steps<D, "request">, S>, C | D> {
    return new Order(this.first, [...this.request, place(control, "request", step)], this.answer);
  }

  /** A step on the backend's answer. */
  onAnswer<D extends AnyControl, S extends keyof Steps<D, "answer"> & string>(
    control: D,
    step: S & Known<Needs<Steps<D, "answer">, S>, K>,
  ): AnswerOrder<K | Gives<Steps<D, "answer">, S>, C | D> {
    return new Order(this.first, this.request, [...this.answer, place(control, "answer", step)]);
  }
}

/** What may follow before the operation is known. */
export type FirstOrder<K extends Fact, C extends AnyControl> = Pick<
  Order<K, C>,
  "beforeRoute" | "route"
>;
/** What may follow a step of the operation. */
export type RequestOrder<K extends Fact, C extends AnyControl> = Pick<
  Order<K, C>,
  "step" | "onAnswer"
>;
/** What may follow a step on the answer: only such steps, and the finished order. */
export type AnswerOrder<K extends Fact, C extends AnyControl> = Pick<
  Order<K, C>,
  "onAnswer" | "first" | "request" | "answer" | "controls"
>;

function place(
  control: AnyControl,
  phase: "first" | "request" | "answer",
  step: string,
): PlacedStep {
  const facts = control[phase]?.[step];
  if (facts === undefined) throw new Error(`the control '${control.name}' has no step '${step}'`);
  return Object.freeze({ control, step, facts });
}
