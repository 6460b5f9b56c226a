import { threadId } from "node:worker_threads";
import { createGate, type Gate, type Plan, type PreparedPlan } from "@portcullis/guard";
import { IdSealer } from "@portcullis/guard/ownership";
import { atOnce, inSlices, type Switch, type UpstreamPlan } from "@portcullis/guard/policy";
import {
  ByteBudget,
  giveBack,
  type GivenBack,
  GrantTable,
  type LimitState,
  type NamedCaller,
  type ProvenanceState,
  type ReplayState,
  SharedMemoryState,
  SharedSeats,
  SharedProvenanceState,
  SharedReplayState,
  SharedStageMemory,
  StateMeasures,
  steadyMs,
  WriteVersions,
} from "@portcullis/guard/state";
import {
  createDpopNonces,
  type Jwks,
  KeyRing,
  type Revocation,
  Revocations,
} from "@portcullis/guard/tokens";
import { compileIdentityAssertion } from "../keys/identity-assertion.ts";
import { signalSecret } from "../keys/signal-secret.ts";
import { readPlan } from "../policy/plan-bytes.ts";
import { createDecisionPoint } from "../upstream/decision-point.ts";
import { ownPages } from "./own-pages.ts";
import { callerPorts } from "./caller-ports.ts";
import { countingIn, flowsIn, proofsIn } from "./counting-places.ts";
import { JudgedClock } from "./judged-clock.ts";
import { LastLook } from "./last-look.ts";
import { PlanConnections, type UpstreamTexts } from "./plan-connections.ts";
import type { GateReports } from "./gate-reports.ts";
import type { GateSettings, PlanSettings } from "./settings.ts";
import { SourceKeyRings } from "./source-key-rings.ts";

const forgetEveryMs = 60_000;
const askTimeEveryMs = 10_000;

/**
 * The gate of this thread, and what of it can change while it serves. The old plan serves until the
 * new one is whole.
 */
export class LiveGate {
  readonly #settings: GateSettings;
  readonly #reports: GateReports;
  readonly #connections: PlanConnections;
  readonly #revocations = new Revocations();
  readonly #keys: KeyRing;
  readonly #sourceKeys = new SourceKeyRings();
  readonly #replay: ReplayState;
  readonly #provenance: ProvenanceState | undefined;
  readonly #stages: SharedStageMemory;
  readonly #writes: WriteVersions;
  readonly #webSocketSeats: SharedSeats;
  readonly #lastLook: LastLook | undefined;
  readonly #clock: JudgedClock;
  readonly #byteBudget: ByteBudget;
  readonly #onSignedIn: (address: string, source: string) => void;
  readonly grants: GrantTable;
  readonly #gate: Gate;
  #plan: Plan;
  /** Where the plan that serves counts. */
  #limits: LimitState;
  #upstreamTexts: UpstreamTexts;

  constructor(
    settings: GateSettings,
    reports: GateReports,
    onSignedIn: (address: string, source: string) => void,
  ) {
    this.#onSignedIn = onSignedIn;
    this.#settings = settings;
    this.#reports = reports;
    this.#keys = new KeyRing(settings.keys);
    for (const [keysId, jwks] of Object.entries(settings.sourceKeys))
      this.#sourceKeys.replace(keysId, jwks);
    this.#replay = new SharedReplayState(settings.replay);
    this.#stages = new SharedStageMemory(settings.stages);
    this.#byteBudget = new ByteBudget(settings.heldBytes, settings.seat);
    this.#connections = new PlanConnections(
      reports,
      this.#byteBudget,
      { shared: settings.concurrency, seat: settings.seat },
      new StateMeasures(settings.stateMeasures),
    );
    this.#clock = new JudgedClock(settings.clock);
    this.#writes = new WriteVersions(settings.writes);
    this.#webSocketSeats = new SharedSeats(settings.webSocketSeats, threadId);
    const { lastLook, provenance } = settings;
    this.#lastLook = lastLook === undefined ? undefined : new LastLook(lastLook);
    this.#provenance = provenance === undefined ? undefined : new SharedProvenanceState(provenance);
    this.revoke(settings.revocations);
    this.grants = new GrantTable(settings.grants);
    setInterval(
      () => this.#revocations.forgetExpired(Math.floor(this.#clock.nowMs() / 1000)),
      forgetEveryMs,
    ).unref();
    setInterval(() => void this.#askTime(), askTimeEveryMs).unref();
    this.#plan = atOnce(readPlan(settings.plan));
    this.#upstreamTexts = settings.upstreamTexts;
    const whole = this.#optionsFor(this.#plan, settings);
    [this.#gate, this.#limits] = [createGate(whole), whole.ports.limits];
    this.#gate.switchTo(settings.switches);
    this.#keepConnections();
  }

  /** What the doors of the listener lead to. */
  get door(): Pick<Gate, "handle"> {
    return this.#gate;
  }

  /** The plan that serves just now. */
  get plan(): Plan {
    return this.#plan;
  }

  /** @throws where the plan cannot be compiled; what it would have led to is closed again */
  async prepare(changed: PlanSettings): Promise<PreparedPlan> {
    try {
      const plan = await inSlices(readPlan(changed.plan));
      const options = this.#optionsFor(plan, changed);
      const prepared = await this.#gate.prepare(options);
      return {
        serve: () => {
          prepared.serve();
          this.#plan = plan;
          this.#limits = options.ports.limits;
          this.#upstreamTexts = changed.upstreamTexts;
          this.#keepConnections();
        },
        discard: () => {
          prepared.discard();
          this.#keepConnections();
        },
      };
    } catch (fault) {
      this.#keepConnections();
      throw fault;
    }
  }

  /** Those of the plan that serves; what only others lead to is closed. */
  #keepConnections(): void {
    this.#connections.keepOnly(this.#plan, this.#upstreamTexts);
  }

  /** By the plan that serves: what it has counted of somebody counts no more. */
  giveBack(named: NamedCaller): Promise<GivenBack> {
    return giveBack(named, this.#plan, this.#limits, this.#clock.nowMs());
  }

  reseatKeys(jwks: Jwks, keysId: string | undefined): void {
    if (keysId === undefined) this.#keys.replace(jwks);
    else this.#sourceKeys.replace(keysId, jwks);
  }

  switchTo(switches: readonly Switch[]): void {
    this.#gate.switchTo(switches);
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
    await this.#connections.close();
  }

  async #askTime(): Promise<void> {
    const says = await this.#connections.servingRedis?.time();
    if (says !== undefined) this.#reports.onTime("redis", says - steadyMs());
  }

  #optionsFor(
    plan: Plan,
    { buckets, decisionPointTokens, sealingSecrets, sourceTexts, upstreamTexts }: PlanSettings,
  ) {
    const { assertionIssuer, assertionKey, recordSecret, strictTransportSecurity } = this.#settings;
    const { evidence, onNewToken, onSubject, onTokenTimes, onUnknownKey, record } = this.#reports;
    const localLimits = new SharedMemoryState(buckets, steadyMs, this.#webSocketSeats);
    const redis = this.#connections.redis(plan, upstreamTexts);
    return {
      plan,
      ports: {
        record,
        clock: this.#clock,
        onSignedIn: this.#onSignedIn,
        onSpent: this.#reports.onSpent,
        byteBudget: this.#byteBudget,
        strictTransportSecurity,
        onTrouble: this.#reports.onTrouble,
        assertIdentity: compileIdentityAssertion(assertionKey, assertionIssuer),
        upstream: (upstream: UpstreamPlan) => this.#connections.upstream(upstream, upstreamTexts),
        pages: ownPages(assertionKey),
        limits: countingIn(redis, localLimits, this.#reports.quotas),
        localLimits,
        pressureTable: this.#settings.pressure,
        keys: this.#keys,
        recordSecret,
        signalSecret: signalSecret(recordSecret),
        onSubject,
        ...callerPorts({
          settings: this.#settings,
          texts: sourceTexts,
          keyRings: this.#sourceKeys,
          redis,
          clock: this.#clock,
          onLearned: this.#reports.onLearned,
        }),
        onUnknownKey,
        onNewToken,
        onTokenTimes,
        revocations: this.#revocations,
        revocationsAge: this.#lastLook?.ageSeconds,
        proofs: {
          nonces: createDpopNonces(this.#settings.nonceSecret),
          replay: proofsIn(redis, this.#replay, plan.controls.binding.onStateLoss),
        },
        provenance: redis ?? this.#provenance,
        flows: flowsIn(redis, this.#settings.flows, plan.controls.flow.onStateLoss),
        stages: this.#stages,
        writes: this.#writes,
        webSocketSeats: this.#webSocketSeats,
        evidence,
        grants: this.grants,
        ...this.#reports.holding,
        impersonations: this.#reports.impersonations,
        decisionPoint: (name: string, point: Parameters<typeof createDecisionPoint>[0]) =>
          createDecisionPoint(point, decisionPointTokens[name], (lost) =>
            this.#reports.onPart(`decisions:${name}`, lost),
          ),
        sealer: sealingSecrets.length === 0 ? undefined : new IdSealer(sealingSecrets),
      },
    };
  }
}
