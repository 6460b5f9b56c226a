/**
 * What the backend's answer was to a limit that counts only some: `other` is neither a failure nor a
 * success, and undefined where nobody can tell.
 */
export type AnswerOutcome = "failure" | "success" | "other" | undefined;

/** What a request has taken from the buckets of its limits, until it is settled. */
export interface Reserved {
  /** The most that it has taken of one allowance. */
  readonly cost: number;
  /** Whether it is told of bytes as they pass. */
  readonly isMetered: boolean;
  /** As if the request had never asked. */
  giveBack(): void;
  /** The answer has come, or will not: limits that do not count it get back what they gave. */
  answered(outcome: AnswerOutcome): void;
  /** Bytes of an answer, or of a body without a length, are on their way. */
  passed(bytes: number): void;
  /**
   * The exchange is over; what was held only while it lasted is free.
   *
   * @param requestBytes of a body that was read, or has gone on
   */
  leave(forwarded: boolean, requestBytes: number): void;
}
