/** One test that was run. */
export interface Judged {
  readonly file: string;
  readonly name: string;
  /** The operation that the request reached. */
  readonly operation: string;
  readonly outcome: "passed" | "refused";
  readonly durationMs: number;
  /** What was otherwise than expected. */
  readonly wrong: readonly string[];
}
