import type { Upstream } from "@portcullis/guard/upstream";
import type { Plan, UpstreamPlan } from "@portcullis/guard/policy";
import { type ByteBudget, RedisState } from "@portcullis/guard/state";
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

const stateTimeoutMs = 100;
/** Requests that began under an old plan end under it; its connections stay that long. */
const retireAfterMs = 120_000;

/** What plans lead to outside: backends and Redis. Plans that name the same one share it. */
export class PlanConnections {
  readonly #reports: ConnectionReports;
  readonly #held: ByteBudget;
  readonly #upstreams = new Map<string, PooledUpstream>();
  readonly #states = new Map<string, RedisState>();
  /** The Redis of the plan that serves. */
  #serving: string | undefined;

  constructor(reports: ConnectionReports, held: ByteBudget) {
    this.#reports = reports;
    this.#held = held;
  }

  upstream(plan: UpstreamPlan): Upstream {
    return prefixedUpstream(this.#pooled(plan), plan.prefix, plan.targets);
  }

  #pooled(plan: UpstreamPlan): PooledUpstream {
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
        held: this.#held,
        bodyTimeoutMs: plan.bodyTimeoutMs ?? upstreamDefaults.bodyTimeoutMs,
      });
      this.#upstreams.set(name, upstream);
    }
    return upstream;
  }

  redis({ controls, state: url }: Plan): RedisState | undefined {
    if (url === "memory") return undefined;
    let state = this.#states.get(url);
    if (state === undefined) {
      state = RedisState.open({
        url,
        prefix: "portcullis:",
        timeoutMs: stateTimeoutMs,
        mostShown: controls.provenance?.memory.mostEach ?? 0,
        onChange: (lost) => {
          if (this.#serving === url) this.#reports.onPart("redis", lost);
        },
        onTrouble: this.#reports.onTrouble,
      });
      this.#states.set(url, state);
    }
    return state;
  }

  /** The Redis of the plan that serves; undefined where it keeps its state here. */
  get servingRedis(): RedisState | undefined {
    return this.#serving === undefined ? undefined : this.#states.get(this.#serving);
  }

  /** What this plan does not lead to is closed when requests of other plans have ended. */
  keepOnly({ apis, state: url }: Plan): void {
    this.#serving = url;
    const names = new Set(apis.map((api) => JSON.stringify(api.upstream)));
    for (const [name, upstream] of this.#upstreams) {
      if (names.has(name)) continue;
      this.#upstreams.delete(name);
      setTimeout(() => void upstream.close(), retireAfterMs).unref();
    }
    for (const [other, state] of this.#states) {
      if (other === url) continue;
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
