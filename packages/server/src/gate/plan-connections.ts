import { createHash } from "node:crypto";
import type { Upstream } from "@portcullis/guard/upstream";
import type { Plan, StateAtRedis, UpstreamPlan } from "@portcullis/guard/policy";
import { type ByteBudget, RedisState, type StateMeasures } from "@portcullis/guard/state";
import type { ConcurrencyOptions } from "../upstream/concurrency.ts";
import { compileStateTls, type UpstreamTlsTexts, tlsTextsName } from "../upstream/tls-settings.ts";
import { prefixedUpstream } from "../upstream/prefixed-upstream.ts";
import {
  createUpstream,
  type PooledUpstream,
  upstreamDefaults,
} from "../upstream/upstream-pool.ts";

export interface ConnectionReports {
  readonly onTrouble: (message: string) => void;
  /** Why a part that many requests share is lost; undefined: it has answered. */
  readonly onPart: (part: string, lost: string | undefined) => void;
}

/** Where requests wait for a backend that is busy, and not for one that does not answer. */
const shortWaitMs = 100;
/** Requests that began under an old plan end under it; its connections stay that long. */
const retireAfterMs = 120_000;

/** What stands in the files of `upstream.tls`, by the settings that name them. */
export type UpstreamTexts = Readonly<Record<string, UpstreamTlsTexts>>;

/** What plans lead to outside: backends and Redis. Plans that name the same one share it. */
export class PlanConnections {
  readonly #reports: ConnectionReports;
  readonly #measures: StateMeasures;
  readonly #held: ByteBudget;
  readonly #counted: ConcurrencyOptions;
  readonly #upstreams = new Map<string, PooledUpstream>();
  readonly #states = new Map<string, RedisState>();
  /** The Redis of the plan that serves. */
  #serving: string | undefined;

  constructor(
    reports: ConnectionReports,
    held: ByteBudget,
    counted: ConcurrencyOptions,
    measures: StateMeasures,
  ) {
    this.#measures = measures;
    this.#reports = reports;
    this.#held = held;
    this.#counted = counted;
  }

  upstream(plan: UpstreamPlan, texts: UpstreamTexts): Upstream {
    return prefixedUpstream(this.#pooled(plan, texts), plan.prefix, plan.targets);
  }

  #pooled(plan: UpstreamPlan, texts: UpstreamTexts): PooledUpstream {
    const name = nameOf(plan, texts);
    let upstream = this.#upstreams.get(name);
    if (upstream === undefined) {
      upstream = createUpstream({
        targets: plan.targets,
        protocol: plan.protocol,
        queue: plan.queue ?? upstreamDefaults.queue,
        queueTimeoutMs:
          plan.queueTimeoutMs ??
          (plan.concurrency === undefined ? upstreamDefaults.queueTimeoutMs : shortWaitMs),
        concurrency:
          plan.concurrency === undefined
            ? undefined
            : { ...this.#counted, bounds: plan.concurrency },
        deadlineMs: plan.deadlineMs ?? upstreamDefaults.deadlineMs,
        connections: plan.connections ?? upstreamDefaults.connections,
        connectTimeoutMs: plan.connectTimeoutMs ?? upstreamDefaults.connectTimeoutMs,
        headersTimeoutMs: plan.headersTimeoutMs ?? upstreamDefaults.headersTimeoutMs,
        healthCheck: plan.healthCheck,
        tls:
          plan.tls === undefined ? undefined : { plan: plan.tls, texts: textsOf(plan.tls, texts) },
        held: this.#held,
        bodyTimeoutMs: plan.bodyTimeoutMs ?? upstreamDefaults.bodyTimeoutMs,
      });
      this.#upstreams.set(name, upstream);
    }
    return upstream;
  }

  redis({ controls, state: where }: Plan, texts: UpstreamTexts): RedisState | undefined {
    if (where === "memory") return undefined;
    const name = stateName(where, texts);
    const { tls } = where;
    let state = this.#states.get(name);
    if (state === undefined) {
      state = RedisState.open({
        plan: where,
        tls: tls && compileStateTls({ plan: tls, texts: textsOf(tls, texts) }),
        prefix: "portcullis:",
        overshoot: controls.limit.overshoot,
        measures: this.#measures,
        mostShown: controls.provenance?.memory.mostEach ?? 0,
        onChange: (lost) => {
          if (this.#serving === name) this.#reports.onPart("redis", lost);
        },
        onTrouble: this.#reports.onTrouble,
      });
      this.#states.set(name, state);
    }
    return state;
  }

  /** The Redis of the plan that serves; undefined where it keeps its state here. */
  get servingRedis(): RedisState | undefined {
    return this.#serving === undefined ? undefined : this.#states.get(this.#serving);
  }

  /** What this plan does not lead to is closed when requests of other plans have ended. */
  keepOnly({ apis, state: where }: Plan, texts: UpstreamTexts): void {
    this.#serving = stateName(where, texts);
    const names = new Set(apis.map((api) => nameOf(api.upstream, texts)));
    for (const [name, upstream] of this.#upstreams) {
      if (names.has(name)) continue;
      this.#upstreams.delete(name);
      setTimeout(() => void upstream.close(), retireAfterMs).unref();
    }
    for (const [other, state] of this.#states) {
      if (other === this.#serving) continue;
      this.#states.delete(other);
      setTimeout(() => void state.close(), retireAfterMs).unref();
    }
  }

  async close(): Promise<void> {
    await Promise.all(
      [...this.#upstreams.values(), ...this.#states.values()].map((one) => one.close()),
    );
  }
}

const textsOf = (tls: NonNullable<UpstreamPlan["tls"]>, texts: UpstreamTexts): UpstreamTlsTexts =>
  texts[tlsTextsName(tls)] ?? { authorities: [], cert: undefined, key: undefined };

/** States that plans describe alike are one. */
const stateName = (where: Plan["state"], texts: UpstreamTexts): string =>
  where === "memory" ? where : nameOf(where, texts);

/** Other certificates in the same files are another connection. */
const nameOf = (plan: Pick<UpstreamPlan, "tls"> | StateAtRedis, texts: UpstreamTexts): string =>
  plan.tls === undefined
    ? JSON.stringify(plan)
    : JSON.stringify([plan, digestOf(textsOf(plan.tls, texts))]);

const digestOf = (texts: UpstreamTlsTexts): string =>
  createHash("sha256").update(JSON.stringify(texts)).digest("base64");
