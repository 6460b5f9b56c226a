import { makeKept } from "../state/kept.ts";

/** Whether the gate answers what the page asks, and when it last did. */
export interface Freshness {
  readonly isLost: boolean;
  readonly sinceMs: number;
}

export const freshness = makeKept<Freshness>({ isLost: false, sinceMs: Date.now() });

/** One answer that fails may be a moment's; what answers at all is there. */
export function heard(): void {
  freshness.set({ isLost: false, sinceMs: Date.now() });
}

export function notHeard(): void {
  const { isLost, sinceMs } = freshness.get();
  if (!isLost) freshness.set({ isLost: true, sinceMs });
}
