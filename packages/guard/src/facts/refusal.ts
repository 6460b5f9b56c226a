import type { TellNamed } from "./named.ts";
import type { Problem } from "./problem.ts";

/** One place in the request that does not fit, for `errors[]` of a problem document. */
export interface Violation {
  /**
   * Where: `path`, `query`, `header`, `cookie` with a parameter's name, or `body` with a JSON
   * pointer.
   */
  readonly in: "path" | "query" | "header" | "cookie" | "body";
  readonly name?: string;
  readonly pointer?: string;
  /** The schema keyword that failed (`type`, `required`, ...) or `undeclared`. */
  readonly keyword: string;
  readonly message: string;
}

/**
 * The only way to say no. Whether it is enforced is decided by the mode of its problem, never by
 * who makes it.
 */
export interface Refusal {
  readonly problem: Problem;
  /** For the record only; never sent. Must not hold tokens, bodies or personal data. */
  readonly detail?: string;
  /** For the record only: the rule of the policy that refuses, in words. */
  readonly rule?: string;
  /** For the record only, by keyed hashes: which object, whose it was found to be, and who asked. */
  readonly named?: TellNamed;
  readonly violations?: readonly Violation[];
  /** Header fields of the answer, as name, value pairs (WWW-Authenticate, Allow, Link). */
  readonly headers?: readonly (readonly [string, string])[];
  readonly retryAfterSeconds?: number;
  /** It stands whatever the mode of its problem: a bound of what the gate itself can hold. */
  readonly always?: boolean;
  /** A registered problem type URI in place of the gate's own page under /problems/. */
  readonly type?: string;
}

export function refuse(problem: Problem, rest?: Omit<Refusal, "problem">): Refusal {
  return rest === undefined ? { problem } : { problem, ...rest };
}

/** Tells a refusal from whatever else a judgement may give. */
export const isRefusal = (value: object): value is Refusal => "problem" in value;
