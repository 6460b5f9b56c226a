import type { OwnerEvidence } from "@portcullis/guard/authorization/owner-evidence";
import { IdSealer } from "@portcullis/guard/authorization/sealed-ids";
import { createDpopNonces } from "@portcullis/guard/credentials/dpop-nonce";
import { compileKeySet, type KeySet } from "@portcullis/guard/credentials/key-set";
import type { Principal } from "@portcullis/guard/credentials/principal";
import { type Revocation, Revocations } from "@portcullis/guard/credentials/revocation";
import type { DecisionRecord } from "@portcullis/guard/decision-record";
import { compileArrive } from "@portcullis/guard/journey/10-arrive";
import { compileRecord } from "@portcullis/guard/journey/99-record";
import { compileClientAddress } from "@portcullis/guard/journey/client-address";
import { compileJourney, type Journey } from "@portcullis/guard/journey/journey";
import { compileOperationJourneys } from "@portcullis/guard/journey/operation-journeys";
import { compileOwnPages } from "@portcullis/guard/journey/own-pages";
import type { Plan, UpstreamPlan } from "@portcullis/guard/policy/plan";
import { RedisState } from "@portcullis/guard/state/redis";
import type { ProvenanceState } from "@portcullis/guard/state/provenance";
import { WriteVersions } from "@portcullis/guard/state/write-versions";
import { SharedProvenanceState } from "@portcullis/guard/state/shared-provenance";
import type { ReplayState } from "@portcullis/guard/state/replay";
import { SharedReplayState } from "@portcullis/guard/state/shared-replay";
import { SharedMemoryState } from "@portcullis/guard/state/shared-memory";
import type { LimitState } from "@portcullis/guard/state/state";
import type { GateSettings, PlanSettings } from "./gate-settings.ts";
import { compileIdentityAssertion } from "./keys/identity-assertion.ts";
import type { Jwks } from "./keys/key-source.ts";
import { createDecisionPoint } from "./upstream/decision-point.ts";
import { createUpstream, type PooledUpstream, upstreamDefaults } from "./upstream/upstream-pool.ts";

export interface GateReports {
  readonly record: (record: DecisionRecord) => void;
  readonly evidence: OwnerEvidence;
  readonly onUnknownKey: () => void;
  readonly onNewToken: (principal: Principal) => void;
  readonly onTrouble: (message: string) => void;
}

const stateTimeoutMs = 100;
/** Requests that began under an old plan end under it; its connections stay that long. */
const retireAfterMs = 120_000;
const forgetEveryMs = 60_000;

/** The journey of this thread, and what of it can change while it serves. The old plan serves until the new one is whole. */
export class GateJourney {
  readonly #settings: GateSettings;
  readonly #reports: GateReports;
  readonly #upstreams = new Map<string, PooledUpstream>();
  readonly #revocations = new Revocations();
  readonly #replay: ReplayState;
  readonly #provenance: ProvenanceState;
  readonly #writes: WriteVersions;
  #state: { readonly url: string; readonly state: RedisState } | undefined;
  #keys: KeySet | undefined;
  #jwks: Jwks | undefined;
  #plan: Plan | undefined;
  #forgetTokens: () => void = () => undefined;
  /** Read once per request. */
  current: Journey;

  constructor(settings: GateSettings, reports: GateReports) {
    this.#settings = settings;
    this.#reports = reports;
    this.#jwks = settings.keys;
    this.#replay = new SharedReplayState(settings.replay);
    this.#writes = new WriteVersions(settings.writes);
    this.#provenance = new SharedProvenanceState(settings.provenance);
    this.revoke(settings.revocations);
    setInterval(() => this.#revocations.forgetExpired(Math.floor(Date.now() / 1000)), forgetEveryMs).unref();
    this.current = this.#compile(settings);
  }

  replacePlan(changed: PlanSettings): void {
    this.current = this.#compile(changed);
  }

  replaceKeys(jwks: Jwks): void {
    this.#jwks = jwks;
    this.#importKeys();
    this.#forgetTokens();
  }

  revoke(revocations: readonly Revocation[]): void {
    this.#revocations.add(revocations);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#upstreams.values()].map((upstream) => upstream.close()));
    await this.#state?.state.close();
  }

  #importKeys(): void {
    const algorithms = this.#plan?.identity?.algorithms;
    this.#keys = this.#jwks === undefined || algorithms === undefined ? undefined : compileKeySet(this.#jwks, algorithms);
  }

  #compile({ buckets, decisionPointTokens, plan, sealingSecrets }: PlanSettings): Journey {
    const { assertionIssuer, assertionKey, everyAnswer, headerFields } = this.#settings;
    const localState = new SharedMemoryState(buckets);
    const assertIdentity = compileIdentityAssertion(assertionKey, assertionIssuer);
    const state = this.#stateFor(plan.state, localState);
    const planned = compileOperationJourneys(plan, {
      upstreams: plan.apis.map((api) => this.#upstream(api.upstream)),
      state,
      localState,
      keys: () => this.#keys,
      onUnknownKey: this.#reports.onUnknownKey,
      onNewToken: this.#reports.onNewToken,
      revocations: this.#revocations,
      provenance: state instanceof RedisState ? state : this.#settings.provenance.sets === 0 ? undefined : this.#provenance,
      writes: this.#writes,
      proofs: { nonces: createDpopNonces(this.#settings.nonceSecret), replay: state instanceof RedisState ? state : this.#replay },
      assertIdentity,
      evidence: this.#reports.evidence,
      decisionPoints: new Map(Object.entries(plan.decisionPoints).map(([name, point]) => [name, { plan: point, ask: createDecisionPoint(point, decisionPointTokens[name]) }])),
      sealer: sealingSecrets.length === 0 ? undefined : new IdSealer(sealingSecrets),
    });
    const journey = compileJourney({
      arrive: compileArrive(compileClientAddress(plan.trustedProxies), { headerFields, targetBytes: 8192 }),
      ownPages: compileOwnPages(new Map([["/.well-known/portcullis/jwks.json", { contentType: "application/json", cacheControl: "public, max-age=60", body: assertionKey.jwks }]])),
      everyAnswer,
      admit: planned.admit,
      selectTable: planned.selectTable,
      cors: planned.cors,
      undeclared: planned.undeclared,
      assertIdentity,
      record: compileRecord(plan.recordFields, this.#reports.record),
    });
    this.#plan = plan;
    this.#importKeys();
    this.#forgetTokens = planned.forgetTokens;
    this.#retireOthers(plan);
    return journey;
  }

  #upstream(plan: UpstreamPlan): PooledUpstream {
    const name = JSON.stringify(plan);
    let upstream = this.#upstreams.get(name);
    if (upstream === undefined) {
      upstream = createUpstream({
        targets: plan.targets,
        connections: plan.connections ?? upstreamDefaults.connections,
        connectTimeoutMs: plan.connectTimeoutMs ?? upstreamDefaults.connectTimeoutMs,
        headersTimeoutMs: plan.headersTimeoutMs ?? upstreamDefaults.headersTimeoutMs,
        healthCheck: plan.healthCheck,
        bodyTimeoutMs: plan.bodyTimeoutMs ?? upstreamDefaults.bodyTimeoutMs,
      });
      this.#upstreams.set(name, upstream);
    }
    return upstream;
  }

  #retireOthers(plan: Plan): void {
    const names = new Set(plan.apis.map((api) => JSON.stringify(api.upstream)));
    for (const [name, upstream] of this.#upstreams) {
      if (names.has(name)) continue;
      this.#upstreams.delete(name);
      setTimeout(() => void upstream.close(), retireAfterMs).unref();
    }
  }

  #stateFor(url: string, local: LimitState): LimitState {
    if (url === "memory") return local;
    if (this.#state?.url === url) return this.#state.state;
    const old = this.#state;
    if (old !== undefined) setTimeout(() => void old.state.close(), retireAfterMs).unref();
    const state = RedisState.open({ url, prefix: "portcullis:", timeoutMs: stateTimeoutMs, fallback: local, onTrouble: this.#reports.onTrouble });
    this.#state = { url, state };
    return state;
  }
}
