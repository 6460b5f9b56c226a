// What many requests share: in memory that all threads of a process share, or in Redis.
export type { Seat, SeatState } from "../state/seats.ts";
export type { ProvenanceState } from "../state/provenance.ts";
export { limitsLocalOnLoss, proofsLocalOnLoss } from "../state/local-on-loss.ts";
export { RedisState } from "../state/redis.ts";
export type { ReplayState } from "../state/replay.ts";
export {
  allocateSharedBuckets,
  evictedEarly,
  type SharedBuckets,
  SharedMemoryState,
} from "../state/shared-memory.ts";
export {
  allocateSharedSeats,
  SharedSeats,
  type SharedSeatTable,
} from "../state/shared-seats.ts";
export {
  headWords,
  type ProvenanceSize,
  sizeOfProvenance,
  ways as provenanceWays,
} from "../state/provenance-size.ts";
export {
  allocateSharedProvenance,
  countsOfProvenance,
  type ProvenanceCounts,
  provenancePageBytes,
  setProvenanceCounts,
  type SharedProvenance,
  SharedProvenanceState,
} from "../state/shared-provenance.ts";
export {
  allocateSharedReplay,
  type SharedReplay,
  SharedReplayState,
} from "../state/shared-replay.ts";
export {
  allocateSharedStages,
  type SharedStages,
  SharedStageMemory,
} from "../state/shared-stages.ts";
export type { Bucket, LimitState, Taken } from "../state/state.ts";
export { allocateWriteVersions, WriteVersions } from "../state/write-versions.ts";
export {
  allocateSharedBytes,
  ByteBudget,
  giveBackAllOf,
  type SharedBytes,
  usualHeldBytes,
} from "../facts/byte-budget.ts";
export { steadyMs } from "../state/steady-clock.ts";
