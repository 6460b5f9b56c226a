// The policy: its format, how it is read and joined to its documents, and what it covers.
export { type AuthenticationPlan, isSeparate } from "../controls/authentication/plan.ts";
export {
  keysIdOf,
  type SourcePlan,
  type TokenSource,
} from "../controls/authentication/source-plan.ts";
export type { Finding } from "../controls/control.ts";
export { anyone, type RoleMatrix, roleMatrix } from "../controls/entry/role-matrix.ts";
export { type Coverage, type CoverageRow, coverageOf, findingsOf, saidOf } from "../coverage.ts";
export type { Binding } from "../facts/binding.ts";
export { rangeForm, readRange } from "../facts/app.ts";
export { type Mode, type ModeRule, modes } from "../facts/mode.ts";
export type { ModeKey } from "../policy/mode-setting.ts";
export {
  type ApiPlan,
  type GuardKeys,
  type GuardPolicy,
  joinPolicy,
  modeKeys,
  type OperationPlan,
  type Plan,
  policyFormat,
  type Settings,
} from "../guard-policy.ts";
export { atOnce, inSlices, type Pieces } from "../policy/in-slices.ts";
export { undeclaredName } from "../policy/plan.ts";
export type { CoreKeys } from "../policy/core-keys.ts";
export type { FaultRest, JoinContext, NoteFault, PolicyPath } from "../policy/join-context.ts";
export type { PolicyKeys, PolicyOf } from "../policy/keys.ts";
export type { PolicyFormat } from "../policy/policy-format.ts";
export {
  definePolicy,
  type PolicyReading,
  type PolicySources,
  readPolicy,
} from "../policy/read-policy.ts";
export { type ModeCounts, type Standing, standingOf } from "../standing.ts";
export { compileSelection } from "../policy/select-operations.ts";
export type { Switch } from "../policy/switches.ts";
export type { ConcurrencyBounds } from "../policy/upstream-capacity.ts";
export type {
  HealthCheckPlan,
  UpstreamPlan,
  UpstreamProtocol,
  UpstreamSetting,
} from "../policy/upstream-setting.ts";
export type { StateAtRedis } from "../policy/state-setting.ts";
export { planUpstreamTls, type UpstreamTlsPlan } from "../policy/upstream-tls.ts";
export { nearest } from "../reading/nearest-name.ts";
