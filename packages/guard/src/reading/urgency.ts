/** Who goes first where requests wait for a backend that is full; the first is the first to go. */
export const priorities = ["critical", "normal", "background"] as const;
export type Priority = (typeof priorities)[number];

/** How much a request matters, and how long its answer is of use. */
export interface Urgency {
  readonly priority: Priority;
  /** When its answer must have begun, by the clock of `startedAt`; undefined: no deadline. */
  readonly deadlineAt: number | undefined;
}

export const usualUrgency: Urgency = Object.freeze({ priority: "normal", deadlineAt: undefined });
