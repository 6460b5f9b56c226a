import type { UpstreamRequest } from "@portcullis/guard/upstream";

/** What the weakest mobile lines carry: bytes a second. */
const weakLine = 2000;
/** Shorter than requests wait in the queue: who comes while all places are held is served. */
const patienceMs = 400;

/** How long the backend has waited for a caller, and what that caller has moved meanwhile. */
export interface CallerWait {
  readonly ms: number;
  readonly bytes: number;
}

/** A request that has a place at the backends, or waits for one. */
export interface Holder {
  readonly caller: string;
  /** 0 goes first. */
  readonly rank: number;
  /** What the backend's answer usually costs it, beside that of others; 1 where nothing is known. */
  readonly cost: number;
  /** Whether it waits while the backends work on as many as they should. */
  readonly isBound: boolean;
  /** Which of the places it has, as `Capacity` says. */
  place: number;
  /** Chooses a backend, and takes what it needs there; false where it is bound and none has room. */
  takeRoom(): boolean;
  /** Undefined while it is the backend that is waited for. */
  callerWait(now: number): CallerWait | undefined;
  /** Ends it, because others wait for its place. */
  shed(): void;
}

/**
 * Who gives a place when others need it: a caller who takes or sends next to nothing, or one who has
 * more than a share of the places and lets the backend wait. Without that, as many callers as there
 * are places stop everybody by doing nothing. Of those, first the one whose caller holds the most.
 */
export function slowHolder(
  holders: Iterable<Holder | undefined>,
  heldBy: (caller: string) => number,
  share: number,
): Holder | undefined {
  const now = performance.now();
  let found: Holder | undefined;
  let [mostHeld, longestMs] = [0, 0];
  for (const holder of holders) {
    const wait = holder?.callerWait(now);
    if (holder === undefined || wait === undefined || wait.ms < patienceMs) continue;
    const held = heldBy(holder.caller);
    const isSlow = wait.ms - (wait.bytes / weakLine) * 1000 >= patienceMs;
    if (!isSlow && held <= share) continue;
    if (held < mostHeld || (held === mostHeld && wait.ms <= longestMs)) continue;
    [found, mostHeld, longestMs] = [holder, held, wait.ms];
  }
  return found;
}

/** Whether the next part of a body is the caller's to send. */
export const waitsForBody = ({ body }: UpstreamRequest): boolean =>
  body !== null && !Buffer.isBuffer(body) && !body.readableEnded && body.readableLength === 0;
