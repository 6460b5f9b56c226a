/**
 * What the backend's answer was to a limit that counts only some: `other` is neither a failure nor a
 * success, and undefined where nobody can tell.
 */
export type AnswerOutcome = "failure" | "success" | "other" | undefined;

/** What a request has taken from the buckets of its limits, until it is settled. */
export interface Reserved {
  /** The most that it has taken of one allowance. */
  readonly cost: number;
  /** As if the request had never asked. */
  giveBack(): void;
  /** The answer has come, or will not: limits that do not count it get back what they gave. */
  answered(outcome: AnswerOutcome): void;
  /** The exchange is over; what was held only while it lasted is free. */
  leave(forwarded: boolean): void;
}
