import type { HealthCheckPlan } from "@portcullis/guard/policy";
import { allocateSharedBytes, ByteBudget, usualHeldBytes } from "@portcullis/guard/state";
import type { Forwarding, Upstream } from "@portcullis/guard/upstream";
import { Backend, Backends } from "./backend.ts";
import { Capacity } from "./capacity.ts";
import { watchHealth } from "./health-check.ts";
import { RetryBudget } from "./retry-budget.ts";
import { Sending, type SendingParts } from "./sending.ts";
import { undiciTransport } from "./undici-transport.ts";
import { requestUpgrade } from "./upgrade-request.ts";

export interface UpstreamOptions {
  /** `http://host:port`, `https://host:port` or `unix:/path/to.sock`. */
  readonly targets: readonly string[];
  readonly connections: number;
  readonly connectTimeoutMs: number;
  readonly headersTimeoutMs: number;
  readonly bodyTimeoutMs: number;
  /** How long a request may take until its answer begins, waiting and second tries included. */
  readonly deadlineMs: number;
  /** Requests that may wait for a free connection, for each backend. */
  readonly queue: number;
  readonly queueTimeoutMs: number;
  readonly healthCheck?: HealthCheckPlan | undefined;
  /** What may be kept of answers; a budget of this process's own without it. */
  readonly held?: ByteBudget;
}

const ownBudget = new ByteBudget(allocateSharedBytes(usualHeldBytes, 1));

export const upstreamDefaults: Omit<UpstreamOptions, "targets"> = {
  connections: 128,
  connectTimeoutMs: 2000,
  headersTimeoutMs: 30_000,
  bodyTimeoutMs: 30_000,
  deadlineMs: 60_000,
  queue: 256,
  queueTimeoutMs: 1000,
};

export interface PooledUpstream extends Upstream {
  close(): Promise<void>;
  /** For readiness and the console. */
  targets(): readonly {
    readonly name: string;
    readonly resting: boolean;
    readonly outstanding: number;
  }[];
}

/** The backends of one API, over keep-alive connections. */
export function createUpstream(options: UpstreamOptions): PooledUpstream {
  const { connections, connectTimeoutMs, deadlineMs, headersTimeoutMs } = options;
  const all = options.targets.map((name) => new Backend(name, undiciTransport(name, options)));
  const backends = new Backends(all);
  const parts: SendingParts = {
    backends,
    capacity: new Capacity({
      places: connections * all.length,
      mostWaiting: options.queue * all.length,
      mostWaitMs: options.queueTimeoutMs,
    }),
    budget: new RetryBudget(),
    held: options.held ?? ownBudget,
    headersTimeoutMs,
    deadlineMs,
  };
  const health =
    options.healthCheck === undefined ? undefined : watchHealth(all, options.healthCheck);
  return {
    forward(request, receiver): Forwarding {
      const sending = new Sending(request, receiver, parts);
      sending.begin();
      return sending;
    },
    upgrade: (request, receiver) =>
      requestUpgrade(backends.choose(undefined).name, connectTimeoutMs, request, receiver),
    async close() {
      health?.close();
      parts.capacity.close();
      await Promise.all(all.map(({ transport }) => transport.close()));
    },
    targets: () =>
      all.map((backend) => ({
        name: backend.name,
        resting: !backend.mayBeAsked(performance.now()),
        outstanding: backend.outstanding,
      })),
  };
}
