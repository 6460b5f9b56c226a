import { type Priority, priorities } from "@portcullis/guard/upstream";
import {
  layoutOf,
  meterWords,
  nameAt,
  type SharedConcurrency,
  slotAt,
  slotWord,
  waitBoundsMs,
} from "./shared-concurrency.ts";

/** What one backend works on, and should at most. */
export interface TargetCount {
  readonly target: string;
  readonly limit: number;
  readonly inflight: number;
}

/** How long requests of one priority have waited, and how many of them were given up. */
export interface WaitCount {
  readonly priority: Priority;
  /** Of each bound in `waitBoundsMs`, and behind them those beyond the last. */
  readonly counts: readonly number[];
  readonly sumMs: number;
  readonly shed: number;
}

export interface CapacityCounts {
  readonly targets: readonly TargetCount[];
  readonly waits: readonly WaitCount[];
}

/** What all threads have counted together. */
export function readConcurrency(shared: SharedConcurrency): CapacityCounts {
  const words = new Int32Array(shared.memory, 0, layoutOf(shared).names / 4);
  const counted = (at: number): number => Atomics.load(words, at) >>> 0;
  const targets: TargetCount[] = [];
  for (let slot = 0; slot < shared.slots; slot += 1) {
    const at = slotAt(shared, slot);
    const limit = counted(at + slotWord.limit);
    // Groups of backends have a slot too, and no limit.
    if (limit === 0) continue;
    const inflight = Atomics.load(words, at + slotWord.inflight);
    targets.push({ target: nameAt(shared, slot), limit, inflight });
  }
  const waits = priorities.map((priority, rank): WaitCount => {
    const at = rank * meterWords;
    return {
      priority,
      counts: Array.from({ length: waitBoundsMs.length + 1 }, (_, index) => counted(at + index)),
      sumMs: counted(at + waitBoundsMs.length + 1),
      shed: counted(at + waitBoundsMs.length + 2),
    };
  });
  return { targets, waits };
}
