import { problemCatalog, type ProblemCode, type ProblemRow } from "./problem-catalog.ts";

/** One place in the request that does not fit, for `errors[]` of a problem document. */
export interface Violation {
  /** Where: `path`, `query`, `header`, `cookie` with a parameter's name, or `body` with a JSON pointer. */
  readonly in: "path" | "query" | "header" | "cookie" | "body";
  readonly name?: string;
  readonly pointer?: string;
  /** The schema keyword that failed (`type`, `required`, ...) or `undeclared`. */
  readonly keyword: string;
  readonly message: string;
}

/** The only way to say no. Whether it is enforced is decided by the control's mode, never by who makes it. */
export interface Refusal {
  readonly code: ProblemCode;
  /** For the owner's record only; never sent. Must not hold tokens, bodies or personal data. */
  readonly detail?: string;
  readonly violations?: readonly Violation[];
  /** Header fields of the answer, as name, value pairs (WWW-Authenticate, Allow, Retry-After, Link). */
  readonly headers?: readonly (readonly [string, string])[];
  readonly retryAfterSeconds?: number;
  /** A replacement of the catalogue's path under /problems/ by a registered problem type URI. */
  readonly type?: string;
}

export function refuse(code: ProblemCode, rest?: Omit<Refusal, "code">): Refusal {
  return rest === undefined ? { code } : { code, ...rest };
}

export function rowOf(refusal: Refusal): ProblemRow {
  return problemCatalog[refusal.code];
}
