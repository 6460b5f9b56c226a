import { randomBytes } from "node:crypto";
import type { PlanSummary } from "../policy/planned.ts";
import {
  allocateSharedBuckets,
  allocateSharedBytes,
  allocateSharedFlows,
  allocateSharedLearned,
  allocateSharedPressure,
  allocateSharedSeats,
  allocateSharedReplay,
  allocateSharedStages,
  allocateStateMeasures,
  allocateWriteVersions,
  type SharedBuckets,
  type SharedBytes,
  type SharedFlowTable,
  type SharedLearned,
  type SharedPressureTable,
  type SharedSeatTable,
  type SharedReplay,
  type SharedStages,
  usualHeldBytes,
} from "@portcullis/guard/state";
import type { Policy } from "../policy/program-policy.ts";
import {
  allocateSharedConcurrency,
  type SharedConcurrency,
} from "../upstream/shared-concurrency.ts";
import { mostKnownPeers } from "../listener/known-peers.ts";
import { allocateClock } from "../gate/judged-clock.ts";

/**
 * Proofs of possession that are remembered as used, for the minutes in which they could be used
 * again.
 */
const keptProofs = 1_048_576;
/** Callers with open WebSockets, each counted once for each thread that holds some. */
const seatKeys = 65_536;

/** Callers of whom failures are counted, or who pay more: three mebibytes. */
const pressedCallers = 65_536;

/** Sessions on their way through the steps of a flow: 36 mebibytes, as they are used. */
const flowKeys = 131_072;

/** Sessions and devices that stay in their stages by app version: a mebibyte. */
const keptInStages = 131_072;

/** Memory that all gate threads count in. */
export interface SharedState {
  readonly buckets: SharedBuckets;
  readonly replay: SharedReplay;
  /** Callers whose requests cost more. */
  readonly pressure: SharedPressureTable;
  /** Who has taken which steps. */
  readonly flows: SharedFlowTable;
  readonly stages: SharedStages;
  readonly writes: SharedArrayBuffer;
  /** What asking Redis has taken. */
  readonly stateMeasures: SharedArrayBuffer;
  /** Who has signed in with which credential of the backend's. */
  readonly learned: SharedLearned;
  /** What threads hold of bodies and answers. */
  readonly heldBytes: SharedBytes;
  /** What backends work on. */
  readonly concurrency: SharedConcurrency;
  /** Addresses from which somebody has signed in lately. */
  readonly knownPeers: SharedStages;
  /** What time it is. */
  readonly clock: SharedArrayBuffer;
  /** WebSockets of each caller. */
  readonly webSocketSeats: SharedSeatTable;
}

/** Seeds are new at every start: nobody can find keys that collide ahead of time. */
export function allocateSharedState(
  { controls: { binding, limit } }: PlanSummary,
  listen: Policy["listen"],
  threads: number,
): SharedState {
  const [one, two] = seeds(2);
  return {
    buckets: allocateSharedBuckets(limit.keys, [one as number, two as number]),
    replay: allocateSharedReplay(
      binding.binding === "none" ? 0 : keptProofs,
      seeds(4) as unknown as [number, number, number, number],
    ),
    pressure: allocateSharedPressure(pressedCallers, seeds(2) as unknown as [number, number]),
    flows: allocateSharedFlows(flowKeys, seeds(2) as unknown as [number, number]),
    stages: allocateSharedStages(keptInStages, seeds(2) as unknown as [number, number]),
    writes: allocateWriteVersions(),
    stateMeasures: allocateStateMeasures(),
    learned: allocateSharedLearned(),
    heldBytes: allocateSharedBytes(listen?.heldBytes ?? usualHeldBytes, 2 * threads + 2),
    concurrency: allocateSharedConcurrency(threads),
    knownPeers: allocateSharedStages(mostKnownPeers, seeds(2) as unknown as [number, number]),
    clock: allocateClock(),
    webSocketSeats: allocateSharedSeats(seatKeys, seeds(2) as unknown as [number, number]),
  };
}

function seeds(count: number): readonly number[] {
  const bytes = randomBytes(count * 4);
  return Array.from({ length: count }, (_, index) => bytes.readInt32LE(index * 4));
}
