import { threadId } from "node:worker_threads";
import { createGate, type DecisionRecord, type Gate, type Plan } from "@portcullis/guard";
import { IdSealer, type OwnerEvidence } from "@portcullis/guard/ownership";
import type { UpstreamPlan } from "@portcullis/guard/policy";
import {
  limitsLocalOnLoss,
  type ProvenanceState,
  proofsLocalOnLoss,
  RedisState,
  type ReplayState,
  SharedMemoryState,
  SharedSeats,
  SharedProvenanceState,
  SharedReplayState,
  SharedStageMemory,
  WriteVersions,
} from "@portcullis/guard/state";
import {
  type Caller,
  createDpopNonces,
  type Jwks,
  KeyRing,
  type Revocation,
  Revocations,
} from "@portcullis/guard/tokens";
import { compileIdentityAssertion } from "../keys/identity-assertion.ts";
import { createDecisionPoint } from "../upstream/decision-point.ts";
import { prefixedUpstream } from "../upstream/prefixed-upstream.ts";
import {
  createUpstream,
  type PooledUpstream,
  upstreamDefaults,
} from "../upstream/upstream-pool.ts";
import { LastLook } from "./last-look.ts";
import type { GateSettings, PlanSettings } from "./settings.ts";

export interface GateReports {
  readonly record: (record: DecisionRecord) => void;
  readonly evidence: OwnerEvidence;
  readonly onUnknownKey: () => void;
  readonly onNewToken: (caller: Caller) => void;
  readonly onTokenTimes: (life: number | undefined, age: number | undefined) => void;
  readonly onTrouble: (message: string) => void;
  /** Why a part that many requests share is lost; undefined: it has answered. */
  readonly onPart: (part: string, lost: string | undefined) => void;
}

const stateTimeoutMs = 100;
/** Requests that began under an old plan end under it; its connections stay that long. */
const retireAfterMs = 120_000;
const forgetEveryMs = 60_000;
const jwksPath = "/.well-known/portcullis/jwks.json";

/**
 * The gate of this thread, and what of it can change while it serves. The old plan serves until the
 * new one is whole.
 */
export class LiveGate {
  readonly #settings: GateSettings;
  readonly #reports: GateReports;
  readonly #upstreams = new Map<string, PooledUpstream>();
  readonly #revocations = new Revocations();
  readonly #keys: KeyRing;
  readonly #replay: ReplayState;
  readonly #provenance: ProvenanceState | undefined;
  readonly #stages: SharedStageMemory;
  readonly #writes: WriteVersions;
  readonly #webSocketSeats: SharedSeats;
  readonly #lastLook: LastLook | undefined;
  readonly #gate: Gate;
  #state: { readonly url: string; readonly state: RedisState } | undefined;

  constructor(settings: GateSettings, reports: GateReports) {
    this.#settings = settings;
    this.#reports = reports;
    this.#keys = new KeyRing(settings.keys);
    this.#replay = new SharedReplayState(settings.replay);
    this.#stages = new SharedStageMemory(settings.stages);
    this.#writes = new WriteVersions(settings.writes);
    this.#webSocketSeats = new SharedSeats(settings.webSocketSeats, threadId);
    const { lastLook, provenance } = settings;
    this.#lastLook = lastLook === undefined ? undefined : new LastLook(lastLook);
    this.#provenance = provenance === undefined ? undefined : new SharedProvenanceState(provenance);
    this.revoke(settings.revocations);
    setInterval(
      () => this.#revocations.forgetExpired(Math.floor(Date.now() / 1000)),
      forgetEveryMs,
    ).unref();
    this.#gate = createGate(this.#optionsFor(settings));
  }

  /** What the doors of the listener lead to. */
  get door(): Pick<Gate, "handle"> {
    return this.#gate;
  }

  /** @throws where the plan cannot be compiled; then the old one goes on serving */
  replacePlan(changed: PlanSettings): void {
    this.#gate.replace(this.#optionsFor(changed));
    this.#retireOthers(changed.plan);
  }

  reseatKeys(jwks: Jwks): void {
    this.#keys.replace(jwks);
  }

  revoke(revocations: readonly Revocation[]): void {
    this.#revocations.add(revocations);
  }

  /** Tells whatever lasts that this thread is stopping. */
  goAway(): void {
    this.#gate.goAway();
  }

  async close(): Promise<void> {
    this.#gate.close();
    await Promise.all([...this.#upstreams.values()].map((upstream) => upstream.close()));
    await this.#state?.state.close();
  }

  #optionsFor({ buckets, decisionPointTokens, plan, sealingSecrets }: PlanSettings) {
    const { assertionIssuer, assertionKey, nonceSecret, strictTransportSecurity } = this.#settings;
    const { evidence, onNewToken, onTokenTimes, onUnknownKey, record } = this.#reports;
    const localLimits = new SharedMemoryState(buckets);
    const redis = this.#redisFor(plan);
    const { binding, limit } = plan.controls;
    return {
      plan,
      ports: {
        record,
        strictTransportSecurity,
        onTrouble: this.#reports.onTrouble,
        assertIdentity: compileIdentityAssertion(assertionKey, assertionIssuer),
        upstream: (upstream: UpstreamPlan) =>
          prefixedUpstream(this.#upstream(upstream), upstream.prefix, upstream.targets),
        pages: new Map([
          [
            jwksPath,
            {
              contentType: "application/json",
              cacheControl: "public, max-age=60",
              body: assertionKey.jwks,
            },
          ],
        ]),
        limits:
          redis === undefined
            ? localLimits
            : limit.onStateLoss === "local"
              ? limitsLocalOnLoss(redis, localLimits)
              : redis,
        localLimits,
        keys: this.#keys,
        onUnknownKey,
        onNewToken,
        onTokenTimes,
        revocations: this.#revocations,
        revocationsAge: this.#lastLook?.ageSeconds,
        proofs: {
          nonces: createDpopNonces(nonceSecret),
          replay:
            redis === undefined
              ? this.#replay
              : binding.onStateLoss === "local"
                ? proofsLocalOnLoss(redis, this.#replay)
                : redis,
        },
        provenance: redis ?? this.#provenance,
        stages: this.#stages,
        writes: this.#writes,
        webSocketSeats: this.#webSocketSeats,
        evidence,
        decisionPoint: (name: string, point: Parameters<typeof createDecisionPoint>[0]) =>
          createDecisionPoint(point, decisionPointTokens[name], (lost) =>
            this.#reports.onPart(`decisions:${name}`, lost),
          ),
        sealer: sealingSecrets.length === 0 ? undefined : new IdSealer(sealingSecrets),
      },
    };
  }

  #upstream(plan: UpstreamPlan): PooledUpstream {
    const name = JSON.stringify(plan);
    let upstream = this.#upstreams.get(name);
    if (upstream === undefined) {
      upstream = createUpstream({
        targets: plan.targets,
        queue: plan.queue ?? upstreamDefaults.queue,
        queueTimeoutMs: plan.queueTimeoutMs ?? upstreamDefaults.queueTimeoutMs,
        deadlineMs: plan.deadlineMs ?? upstreamDefaults.deadlineMs,
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

  #redisFor({ controls, state: url }: Plan): RedisState | undefined {
    if (url === "memory") return undefined;
    if (this.#state?.url === url) return this.#state.state;
    const old = this.#state;
    if (old !== undefined) setTimeout(() => void old.state.close(), retireAfterMs).unref();
    const state = RedisState.open({
      url,
      prefix: "portcullis:",
      timeoutMs: stateTimeoutMs,
      mostShown: controls.provenance?.memory.mostEach ?? 0,
      onChange: (lost) => {
        if (this.#state?.url === url) this.#reports.onPart("redis", lost);
      },
      onTrouble: this.#reports.onTrouble,
    });
    this.#state = { url, state };
    return state;
  }
}
