/** Steps that lead to an operation, in their order, and at which pace they are taken. */
export interface FlowSteps {
  /** Outlives changes of how fast and how long. */
  readonly name: string;
  /** What each is called; at least one, at most `mostFlowSteps`. */
  readonly steps: readonly string[];
  /** How long after the first of them the operation itself may follow. */
  readonly withinMs: number;
  /** How long after each step the next may follow, and the operation after the last. */
  readonly leastMs: number;
}

/** How far somebody has come. */
export interface FlowStanding {
  /** How many of the steps were taken in their order and in time, from the first on. */
  readonly taken: number;
  /** How long until the operation may follow the last step; 0 where a step is missing. */
  readonly waitMs: number;
  /** Steps that were used up are there again. Nobody waits for it; a second time does nothing. */
  putBack(): void;
}

/** Whether every step stands, and is old enough. */
export const isWhole = ({ taken, waitMs }: FlowStanding, { steps }: FlowSteps): boolean =>
  taken === steps.length && waitMs === 0;

/**
 * Who has taken which steps, by a clock of its own. Of each step two times are kept that are at
 * least the pace apart, each with the time of the first step that led there: whoever repeats a step
 * a moment before the next does not lose the one that was old enough.
 */
export interface FlowState {
  /** A step, from 0, has succeeded. It counts where those before it stand. Nobody waits for it. */
  note(flow: FlowSteps, who: string, step: number): void;
  /**
   * Where every step stands they are used up, unless they are kept: of two requests at the same
   * moment, on any thread or node, one is told so.
   *
   * @throws StateLost where that cannot be told just now
   */
  use(flow: FlowSteps, who: string, isKept: boolean): FlowStanding | Promise<FlowStanding>;
}

export const mostFlowSteps = 8;
/** Begin and end of the older time of a step, then of the newer one; 0: none. */
export const numbersPerStep = 4;
