import type { Concurrency, WaitMeter } from "./concurrency.ts";

export interface CapacityOptions {
  /** Requests that this thread has under way at the backends at once. */
  readonly places: number;
  /** Requests that may wait beside them. */
  readonly mostWaiting: number;
  /** The longest that one waits. */
  readonly mostWaitMs: number;
  /** What the backends should work on at once; undefined: whatever there are places for. */
  readonly concurrency?: Concurrency | undefined;
  readonly meter?: WaitMeter | undefined;
  /** A clock in milliseconds that only goes forward; the process's own without it. */
  readonly now?: () => number;
}
