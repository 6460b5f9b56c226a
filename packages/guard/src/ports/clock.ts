/** What time it is, for tokens, proofs and records. */
export interface Clock {
  /** Milliseconds since 1970. */
  nowMs(): number;
  /**
   * How many seconds another clock is ahead that may be right instead; 0 where there is no doubt.
   * What either of them lets pass is let pass: a clock that somebody has set must not refuse
   * everybody at once.
   */
  doubtSeconds(): number;
}

/** The machine's own clock, whoever sets it. */
export const wallClock: Clock = { nowMs: () => Date.now(), doubtSeconds: () => 0 };
