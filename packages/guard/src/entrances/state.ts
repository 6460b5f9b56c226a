// What many requests share: in memory that all threads of a process share, or in Redis.
export {
  type FlowStanding,
  type FlowState,
  type FlowSteps,
  isWhole,
  mostFlowSteps,
} from "../state/flows.ts";
export {
  allocateSharedFlows,
  flowEvictionsOf,
  SharedFlows,
  type SharedFlowTable,
} from "../state/shared-flows.ts";
export { type Grant, type GrantState, GrantTable } from "../state/grants.ts";
export {
  type Impersonation,
  type ImpersonationState,
  ImpersonationTable,
  type ImpersonationWish,
  LocalImpersonations,
  type NotBegun,
} from "../state/impersonations.ts";
export type { Seat, SeatState } from "../state/seats.ts";
export type { LearnedEntry, LearnedState } from "../state/learned.ts";
export {
  allocateSharedLearned,
  mostLearned,
  type OnLearned,
  type SharedLearned,
  SharedLearnedState,
} from "../state/shared-learned.ts";
export {
  type PressureCause,
  pressureCauses,
  type PressureNow,
  type PressurePort,
} from "../state/pressure.ts";
export {
  allocateSharedPressure,
  SharedPressure,
  type SharedPressureTable,
} from "../state/shared-pressure.ts";
export {
  type ResponseRule,
  ResponseTable,
  type RuleAct,
  ruleActs,
  type RuleKind,
  ruleKinds,
} from "../facts/response-rules.ts";
export { pressureKey } from "../reading/pressure-key.ts";
export type { ProvenanceState } from "../state/provenance.ts";
export { limitsLocalOnLoss } from "../state/carried-limits.ts";
export { proofsLocalOnLoss } from "../state/local-on-loss.ts";
export { RedisState } from "../state/redis.ts";
export type { RedisTls } from "../state/redis/redis-servers.ts";
export type { RedisPlan } from "../state/redis/redis-plan.ts";
export type { ReplayState } from "../state/replay.ts";
export {
  allocateSharedBuckets,
  evictionsOf,
  type SharedBuckets,
} from "../state/shared-buckets.ts";
export {
  giveBack,
  type GivenBack,
  type NamedCaller,
  readNamed,
} from "../controls/limit/give-back.ts";
export { SharedMemoryState } from "../state/shared-memory.ts";
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
export {
  type Bucket,
  type ConcurrentBucket,
  type LimitState,
  neverEnds,
  type QuotaBucket,
  type RateBucket,
  rateBucket,
  type Taken,
} from "../state/state.ts";
export {
  type QuotaStore,
  type QuotasTaken,
  type QuotaTake,
  withStoredQuotas,
} from "../state/stored-quotas.ts";
export {
  allocateStateMeasures,
  roundTripBoundsMs,
  type StateMeasured,
  StateMeasures,
} from "../state/state-measures.ts";
export { allocateWriteVersions, WriteVersions } from "../state/write-versions.ts";
export {
  allocateSharedBytes,
  ByteBudget,
  giveBackAllOf,
  type SharedBytes,
  usualHeldBytes,
} from "../facts/byte-budget.ts";
export { lockSet } from "../state/set-lock.ts";
export { steadyMs } from "../state/steady-clock.ts";
