/**
 * One way in which the gate says no. The row gives the stable code, the HTTP status, the mode key
 * that decides whether it is enforced, and the words that the caller may read (`title` and
 * `detail` of RFC 9457). What only the operator may read is the refusal's private detail, which
 * goes to the record and never to the caller.
 */
export interface Problem {
  readonly code: string;
  readonly status: number;
  /** The key of the policy's `mode` that says whether this refusal is enforced. */
  readonly mode: string;
  readonly title: string;
  /** What the person or program on the other side may be told, and can do about it. */
  readonly sentence: string;
  /** It speaks of what the caller itself sent, and so tells nothing of what the backend has. */
  readonly ofTheRequest?: true;
}

type Row = Omit<Problem, "code" | "mode">;

/**
 * The problems of one mode key, by their codes. Every control states its own, and the catalogue is
 * gathered from them.
 */
export function defineProblems<const R extends Readonly<Record<string, Row>>>(
  mode: string,
  rows: R,
): { readonly [Code in keyof R]: Problem } {
  const problems = Object.entries(rows).map(([code, row]) => [
    code,
    Object.freeze<Problem>({ code, mode, ...row }),
  ]);
  return Object.freeze(Object.fromEntries(problems)) as { readonly [Code in keyof R]: Problem };
}
