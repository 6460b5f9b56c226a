import type { Control, Mode } from "../control.ts";
import type { Principal } from "../credentials/principal.ts";
import type { Caller, Check, Exchange } from "../exchange.ts";
import type { Refusal, Violation } from "../refusal.ts";
import type { Operation } from "../operation.ts";
import type { Upstream } from "../upstream.ts";

/** A control's mode at one operation: constant, or by the caller's app version and cohort. */
export interface ModeDecision {
  readonly constant: Mode | undefined;
  readonly decide: (caller: Caller) => Mode;
}

export type ModeTable = Readonly<Record<Control, ModeDecision>>;

/** What the filter does with the backend's answer to one operation. */
export interface AnswerRules {
  /** Stable objects: the same for the same status and content type. Undefined when nothing looks at answers. */
  readonly forAnswer: ((status: number, contentType: string | undefined) => AnswerContract) | undefined;
  /** The owner named in the answer must be the caller. */
  readonly checkOwner: ((answer: unknown, exchange: JourneyExchange) => Refusal | undefined) | undefined;
  /** Takes from the answer's list what is not the caller's. */
  readonly filterForeign: ((answer: unknown, exchange: JourneyExchange) => { readonly value: unknown; readonly removed: number } | undefined) | undefined;
  /** Counts whom the answer names, where no rule says whose it must be. */
  readonly noteAnswer: ((answer: unknown, exchange: JourneyExchange) => void) | undefined;
  /** Remembers the ids that the answer shows its reader. */
  readonly noteShown: ((answer: unknown, exchange: JourneyExchange) => void) | undefined;
  /** Seals the ids of an answer for its reader. */
  readonly sealFor: ((exchange: JourneyExchange) => (mark: string, value: unknown) => unknown) | undefined;
  /** Seals the ids in a link to the API. */
  readonly sealLink: ((link: string, exchange: JourneyExchange) => string) | undefined;
  /** A write may have changed what lookups were told. */
  readonly afterWrite: ((path: string) => void) | undefined;
  readonly mostBufferedBytes: number;
  /** Whether GETs are answered with a strong validator, and with 304 to who has it. */
  readonly tags: boolean;
}

export interface AnswerContract {
  readonly declared: boolean;
  readonly needsBody: boolean;
  readonly replaceMarked: ((value: unknown, replace: (mark: string, value: unknown) => unknown) => unknown) | undefined;
  check(value: unknown): readonly Violation[] | undefined;
  /** `roles` are the caller's: what only others may see is taken too. */
  strip(value: unknown, roles: readonly string[]): { readonly value: unknown; readonly stripped: readonly string[] } | undefined;
}

/** Everything that will happen to a request for one operation, compiled ahead. */
export interface OperationJourney {
  /** operationId, or `METHOD /path`; `(undeclared)` for what no document names. */
  readonly name: string;
  readonly operation: Operation | undefined;
  readonly apiVersion: string | undefined;
  readonly checks: readonly Check<JourneyExchange>[];
  /** What each check is called, in their order. */
  readonly checkNames: readonly string[];
  readonly modes: ModeTable;
  readonly upstream: Upstream;
  readonly answer: AnswerRules;
  /** Fields every answer of this operation carries (Deprecation, Sunset, Link). Flat. */
  readonly answerHeaders: readonly string[];
  /** Whether the backend must answer in plain bytes because a control reads them. */
  readonly readsAnswer: boolean;
  readonly mostBodyBytes: number;
  /** Unknown, forbidden and not-yours are answered alike, at multiples of this time; undefined where they need not be. */
  readonly hideStepMs: number | undefined;
  /** The built-in issuer: it is told the certificate of the connection, which ends at the gate, and speaks CORS itself, by client. */
  readonly issuer: boolean;
}

export type JourneyExchange = Exchange<OperationJourney, Principal>;
