import type { Operation, SchemaRegistry } from "../document/api-document.ts";
import type { Fact, Facts, Known } from "../facts/facts.ts";
import type { ModeRule } from "../facts/mode.ts";
import type { Problem } from "../facts/problem.ts";
import type { Refusal } from "../facts/refusal.ts";
import type { CoreKeys } from "../policy/core-keys.ts";
import type { EntryAt, JoinContext } from "../policy/join-context.ts";
import type { PolicyKeys, PolicyOf } from "../policy/keys.ts";
import type { BackendReading } from "../policy/backend-reading.ts";
import type { UpstreamPlan } from "../policy/upstream-setting.ts";
import type { ModeKey } from "../policy/mode-setting.ts";
import type { AnswerCheck, Check, FactsOf } from "./check.ts";
import type { GateAt, OperationAt } from "./compile-context.ts";
import type { Switching } from "./switching.ts";

/** Steps of a control by their names, each with the facts it needs and gives. */
export type StepTable = Readonly<Record<string, FactsOf<Fact, Fact>>>;

type ChecksOf<T extends StepTable> = {
  readonly [S in keyof T]?: Check<T[S]["needs"][number], T[S]["gives"][number]> | undefined;
};
type AnswerChecksOf<T extends StepTable> = {
  readonly [S in keyof T]?: AnswerCheck<T[S]["needs"][number], T[S]["gives"][number]> | undefined;
};

/** What a control does at one operation. A step that is undefined costs nothing at run time. */
export interface Compiled<Request extends StepTable, Answer extends StepTable> extends BesideSteps {
  readonly request?: ChecksOf<Request>;
  readonly answer?: AnswerChecksOf<Answer>;
}

/** What a control does at one operation beside its steps. */
export interface BesideSteps {
  /** Fields of every answer that the backend gives. Flat: name, value. */
  readonly answerFields?: readonly string[];
  /** Refusals of this operation that are answered otherwise than they were decided. */
  readonly conceal?: Concealment | undefined;
  /** Fields of every answer, whoever gives it. Called once, before the head is written. */
  readonly everyAnswer?: EveryAnswer | undefined;
  /** Carries what the connection becomes where the backend agrees to another protocol. */
  readonly switching?: Switching | undefined;
  /** Called once when the exchange has ended, whatever became of it. */
  readonly leave?: ((known: LeaveFacts) => void) | undefined;
  /** Who may keep what the backend answers. */
  readonly keeping?: Keeping | undefined;
}

/** What is said of the backend's answers to caches and browsers. */
export interface Keeping {
  /** The mode key under which it is said, where the policy does not say it itself. */
  readonly mode: string;
  /** The Cache-Control of successful answers by the policy; `backend`: as the backend says. */
  readonly cacheControl: string | undefined;
}

/** Refusals that are answered in other words, and in their own time. */
export interface Concealment {
  /** The answer leaves at the next multiple of this time after the request came. */
  readonly stepMs: number;
  /** What is answered in place of what was decided; the record keeps what really was. */
  readonly answer: Refusal;
  readonly hides: (refusal: Refusal) => boolean;
}

/** Adds fields to the answer, and says which fields of the backend's answer do not leave. */
export interface EveryAnswer {
  add(known: Known<"fields" | "scheme">): void;
  /** Beginnings of field names, in lower case, that only the gate may send. */
  readonly replaces: readonly string[];
}

/** What is known when an exchange ends. */
export interface LeaveFacts {
  readonly path: string;
  /** Whether the backend was asked, so that a write may have been done. */
  readonly forwarded: boolean;
  /** Of a body that was read, or has gone on with its length. */
  readonly requestBytes: number;
  readonly pressed: Facts["pressed"];
  readonly reserved: Facts["reserved"];
  /** It was given up because there was no place for it, before the backend was asked. */
  readonly isShed: boolean;
  readonly flowUsed: Facts["flowUsed"];
  readonly webSocketSeat: Facts["webSocketSeat"];
  readonly rememberedCaller: Facts["rememberedCaller"];
}

/** How `check` and `explain` speak of a control. */
export interface Words<Whole, Own> {
  /** A column of the table that `check` prints. */
  readonly column?: {
    /** What it is called in `--json`. */
    readonly key: string;
    /** Its place among the columns, the least first. */
    readonly place: number;
    /** Whether the policy speaks of it at all; always shown without it. */
    readonly isShown?: (whole: Whole) => boolean;
    readonly title: string;
    readonly cell: (own: Own, operation: Operation, whole: Whole) => string;
  };
  /** What is understood, but perhaps not meant: printed by `check`, grouped by `kind`. */
  findings?(own: Own, at: FindingAt, whole: Whole): readonly Finding[];
  /** What is worth knowing of the whole gate, such as what its memory holds: printed by `check`. */
  says?(whole: Whole): readonly string[];
  /** What only the backend's answer can decide, such as `/customerId must be token.sub`. */
  onAnswer?(own: Own, whole: Whole): readonly string[];
}

export interface Finding {
  /**
   * The sentence that several places share, with its words for many and for one: `[have|has] no
   * limit`.
   */
  readonly kind: string;
  /** The operation, or a place in it. */
  readonly what: string;
}

export interface FindingAt {
  readonly name: string;
  readonly operation: Operation;
  readonly schemas: SchemaRegistry;
  /** All operations of the document. */
  readonly operations: readonly Operation[];
  readonly backendReads: BackendReading;
  /** Undefined where no rule says who may enter. */
  readonly anonymous: boolean | undefined;
  /** Whether the policy names who signs tokens. */
  readonly identified: boolean;
  /** By mode key. */
  readonly modes: Readonly<Record<string, ModeRule>>;
}

/**
 * A control: one kind of decision that the gate makes. Everything about it stands in its folder:
 * its keys in the policy, the plan that policy and documents are joined to, the steps it takes, the
 * problems it refuses with, and its words. `order.ts` says where its steps stand.
 */
export interface Control<
  Name extends string,
  Keys extends PolicyKeys,
  Whole,
  Own,
  Live,
  Ports,
  First extends StepTable,
  Request extends StepTable,
  Answer extends StepTable,
> {
  readonly name: Name;
  /** What it decides, in one sentence. */
  readonly sentence: string;
  /** The mode keys it brings along. A key that another control has brought may be used as well. */
  readonly modeKeys?: readonly ModeKey[];
  readonly keys: Keys;
  readonly problems: readonly Readonly<Record<string, Problem>>[];
  /** Names that rules may refer to, by what they are: `{ kind: ["document"] }`. */
  names?(policy: PolicyOf<Keys & CoreKeys>): Readonly<Record<string, readonly string[]>>;
  /** Joins what the policy says of the whole gate. Plain data. */
  plan?(policy: PolicyOf<Keys & CoreKeys>, context: JoinContext): Whole;
  /** Joins what the entries that select one operation say of it, the closest last. Plain data. */
  planOperation?(
    entries: readonly EntryAt<Keys & CoreKeys>[],
    operation: Operation | undefined,
    context: JoinContext & { readonly anonymous: boolean | undefined },
  ): Own;
  /** How backends are asked where the policy leaves it open. */
  completeUpstream?(whole: Whole, planned: UpstreamPlan): UpstreamPlan;
  /** Keys of `operations` that hold for the built-in issuer's endpoints too. */
  readonly issuerKeys?: readonly string[];
  /** Whether anybody may enter, signed in or not: said by the one control that knows. */
  anonymous?(own: Own): boolean | undefined;
  /** Opens what all operations share: memories, finders, keys. Once for each plan. */
  open?(whole: Whole, ports: Ports, gate: GateAt): Live;
  /** Lets go of what `open` has opened, when another plan serves. */
  close?(live: Live): void;
  /** Steps that are taken before the operation is known. */
  readonly first?: First;
  compileFirst?(live: Live, whole: Whole): ChecksOf<First>;
  /** Fields of answers to requests that reach no operation. */
  everyAnswer?(live: Live, whole: Whole): EveryAnswer | undefined;
  readonly request?: Request;
  readonly answer?: Answer;
  compile?(own: Own, at: OperationAt<Live, Whole>): Compiled<Request, Answer>;
  readonly words?: Words<Whole, Own>;
}

/** A control that takes no steps of a kind. */
type NoSteps = { readonly [Step in never]: never };

/** States a control. Its types are those of its parts. */
export function defineControl<
  const Name extends string,
  const Keys extends PolicyKeys,
  Whole = undefined,
  Own = undefined,
  Live = undefined,
  Ports = unknown,
  const First extends StepTable = NoSteps,
  const Request extends StepTable = NoSteps,
  const Answer extends StepTable = NoSteps,
>(
  control: Control<Name, Keys, Whole, Own, Live, Ports, First, Request, Answer>,
): Control<Name, Keys, Whole, Own, Live, Ports, First, Request, Answer> {
  return Object.freeze(control);
}
