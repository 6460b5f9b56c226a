import type { DeclaredResponse } from "../document/responses.ts";
import type { Fact, Known } from "../facts/facts.ts";
import type { Refusal } from "../facts/refusal.ts";

/** The facts of one step: it sees those it needs and those it gives, and no others. */
export interface FactsOf<N extends Fact, G extends Fact> {
  /** What `explain` calls the step. */
  readonly title: string;
  /** The mode key under which the step is skipped where it is `off`; always taken without one. */
  readonly mode: string | undefined;
  readonly needs: readonly N[];
  readonly gives: readonly G[];
}

/** States a step. */
export const step = <const N extends Fact = never, const G extends Fact = never>(
  facts: FactsOf<N, G>,
): FactsOf<N, G> => Object.freeze(facts);

/** An answer of the gate's own in place of the backend's, such as that to a preflight. */
export interface Reply {
  readonly reply: number;
  /** Flat: name, value. */
  readonly headers: readonly string[];
  readonly body?: string;
}

/** What a step would mend in the request in place of refusing it. */
export interface Mending {
  /** Recorded as a decision; the request is mended only where its mode is `enforce`. */
  readonly because: Refusal;
  readonly mend: () => void;
}

/** Nothing where a step has no objection. */
export type Outcome = Refusal | Reply | Mending | undefined;

/** What a step does with one request. Synchronous unless it must wait. */
export type Check<N extends Fact, G extends Fact = never> = (
  known: Known<N, G>,
) => Outcome | Promise<Outcome>;

/** What the head of the backend's answer says. */
export interface AnswerHead {
  readonly status: number;
  readonly contentType: string | undefined;
  /** The response of the document that this answer is; `undefined` where it names none. */
  readonly response: DeclaredResponse | undefined;
  /** That no body follows, whatever the answer says of one. */
  readonly bodyless: boolean;
  /** The fields that would leave, as the backend gave them. Flat: name, value. */
  readonly fields: readonly string[];
}

/**
 * What a control makes of an answer in place of refusing it. The change is made again on the same
 * answer with its numbers as they were written, so it must be pure.
 */
export interface Amendment {
  readonly change: (value: unknown) => unknown;
  /** What becomes of the answer's header fields with it. Flat; changed in place. */
  readonly fields?: (headers: string[]) => void;
  /** Recorded as a decision; the change is made only where its mode is `enforce`. */
  readonly because?: Refusal;
}

/** What leaves in place of an answer that must not, where its mode is `enforce`. */
export interface Replacement {
  /**
   * `problem`: a problem document with the backend's status. `nothing`: its head without the body.
   * `shape`: what the same step makes of its body. `refusal`: what it is recorded as. A refusal of
   * a later step comes first. Fields that only this API understands stay behind.
   */
  readonly instead: "problem" | "nothing" | "shape" | "refusal";
  readonly because: Refusal;
}

/** `absent`: the answer is that of an object that does not exist, which is no refusal. */
export type HeadOutcome = Refusal | Replacement | "absent" | undefined;

/** What a step does with the answer to one operation. Each part is left out where it has no say. */
export interface AnswerCheck<N extends Fact, G extends Fact = never> {
  /** Whether it may read successful answers, which must then come in plain bytes and whole. */
  readonly readsSuccess?: boolean;
  /**
   * Whether the answer's body must be seen even where the caller asks for the head alone (HEAD), or
   * for the body only if it has changed. The backend is then asked with GET instead of HEAD, and
   * without the conditions.
   */
  readonly readsAlways?: boolean;
  /** Judges the head. */
  head?(known: Known<N, G>, head: AnswerHead): HeadOutcome;
  /** Whether the body of this answer must be read before a byte of it leaves. */
  reads?(known: Known<N, G>, head: AnswerHead): boolean;
  /** Judges an answer that has no body, though this step wanted to read one. */
  bodyless?(known: Known<N, G>, head: AnswerHead): Refusal | undefined;
  /** Places of the body that alone decide, where `body` looks at nothing else and changes nothing. */
  readonly looksAt?: readonly (readonly string[])[];
  /** Judges the body as it was read. */
  body?(known: Known<N, G>, value: unknown, head: AnswerHead): Refusal | Amendment | undefined;
  /** What it says of a body that it wanted to read and that cannot be read. */
  unread?(known: Known<N, G>, head: AnswerHead, detail: string): Refusal | undefined;
  /** Rewrites a link to the API in a header field of the answer, where the mode is `enforce`. */
  link?(known: Known<N, G>, link: string): string;
}
