import type { ByteBudget } from "@portcullis/guard/state";
import type { UpstreamFaultCode, UpstreamRequest } from "@portcullis/guard/upstream";
import { type Backend, type Backends, hasStream } from "./backend.ts";
import type { Capacity } from "./capacity.ts";
import type { Concurrency } from "./concurrency.ts";
import type { RetryBudget } from "./retry-budget.ts";
import type { FailureKind } from "./transport.ts";

/** What requests to one API's backends share. */
export interface SendingParts {
  readonly backends: Backends;
  readonly capacity: Capacity;
  /** What the backends should work on at once; undefined where nothing bounds it. */
  readonly concurrency: Concurrency | undefined;
  readonly budget: RetryBudget;
  /** What may be kept of answers for callers who read slowly. */
  readonly held: ByteBudget;
  /** How long the head of an answer may take. */
  readonly headersTimeoutMs: number;
  /** How long a request may take until its answer begins, over all that is tried. */
  readonly deadlineMs: number;
}

export const faultCodes: Readonly<Record<FailureKind, UpstreamFaultCode>> = {
  unsent: "upstream-unreachable",
  lost: "upstream-unreachable",
  timeout: "upstream-timeout",
  malformed: "upstream-malformed",
};

/** Some caller: requests that name none share a place. */
export const nobody = "";

/** Whether a request that has failed so can be sent again without being done twice. */
export function isSafe(request: UpstreamRequest, kind: FailureKind): boolean {
  if (kind === "malformed") return false;
  return kind === "unsent" ? !hasStream(request) : request.repeatable;
}

/** Where shedding is only observed, a backend at so many times its limit is said to be too busy. */
const observedAt = 2;

/**
 * Chooses a backend and takes a place at it; undefined where the request is bound by what backends
 * should work on, and none has room. Whoever is not bound is counted all the same.
 */
export function takeRoomFor(
  { onObserved, shedding }: UpstreamRequest,
  backends: Backends,
  isBound: boolean,
): Backend | undefined {
  if (isBound) return backends.chooseWithRoom();
  const backend = backends.choose(undefined);
  const { room } = backend;
  if (room !== undefined && shedding === "observe" && room.inflight >= observedAt * room.limit)
    onObserved?.(
      "capacity-exceeded",
      `the backend works on ${room.inflight}, and should on ${room.limit}`,
    );
  room?.take();
  return backend;
}
