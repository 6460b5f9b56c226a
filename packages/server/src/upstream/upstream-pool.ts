import type {
  ConcurrencyBounds,
  HealthCheckPlan,
  UpstreamProtocol,
} from "@portcullis/guard/policy";
import { allocateSharedBytes, ByteBudget, usualHeldBytes } from "@portcullis/guard/state";
import type { Forwarding, Upstream } from "@portcullis/guard/upstream";
import { Backend, Backends } from "./backend.ts";
import { Capacity } from "./capacity.ts";
import { Concurrency, type ConcurrencyOptions, WaitMeter } from "./concurrency.ts";
import { watchHealth } from "./health-check.ts";
import { http1Transport } from "./http1-transport.ts";
import { http2Transport } from "./http2-transport.ts";
import { RetryBudget } from "./retry-budget.ts";
import { Sending } from "./sending.ts";
import type { SendingParts } from "./sending-parts.ts";
import { compileTls, type UpstreamTls } from "./tls-settings.ts";
import { requestUpgrade } from "./upgrade-request.ts";

export interface UpstreamOptions {
  /** `http://host:port`, `https://host:port` or `unix:/path/to.sock`. */
  readonly targets: readonly string[];
  /** HTTP/1.1 without it. */
  readonly protocol?: UpstreamProtocol | undefined;
  readonly connections: number;
  readonly connectTimeoutMs: number;
  readonly headersTimeoutMs: number;
  readonly bodyTimeoutMs: number;
  /** How long a request may take until its answer begins, waiting and second tries included. */
  readonly deadlineMs: number;
  /** Requests that may wait for a free connection, for each backend. */
  readonly queue: number;
  readonly queueTimeoutMs: number;
  /** What each backend should work on at once, over all threads; undefined: nothing bounds it. */
  readonly concurrency?: (ConcurrencyOptions & { readonly bounds: ConcurrencyBounds }) | undefined;
  readonly healthCheck?: HealthCheckPlan | undefined;
  /** How backends over https are believed; by the public authorities without it. */
  readonly tls?: UpstreamTls | undefined;
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

/**
 * The backends of one API, over connections that are kept. Handshakes of WebSockets are asked over
 * HTTP/1.1 in any case.
 */
export function createUpstream(options: UpstreamOptions): PooledUpstream {
  const { connections, connectTimeoutMs, deadlineMs, headersTimeoutMs } = options;
  const concurrency = concurrencyOf(options);
  const tls = new Map(options.targets.map((name) => [name, compileTls(name, options.tls)]));
  const all = options.targets.map((name, at) => {
    const transport =
      options.protocol === "h2"
        ? http2Transport(name, { ...options, tls: compileTls(name, options.tls, "h2") })
        : http1Transport(name, { ...options, tls: tls.get(name) });
    return new Backend(name, transport, concurrency?.targets[at]);
  });
  const backends = new Backends(all, connections);
  const parts: SendingParts = {
    backends,
    concurrency,
    capacity: new Capacity({
      concurrency,
      meter:
        options.concurrency === undefined ? undefined : new WaitMeter(options.concurrency.shared),
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
    upgrade(request, receiver) {
      const { name } = backends.choose(undefined);
      return requestUpgrade(name, { connectTimeoutMs, tls: tls.get(name) }, request, receiver);
    },
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

function concurrencyOf({ concurrency, targets }: UpstreamOptions): Concurrency | undefined {
  if (concurrency === undefined) return undefined;
  return new Concurrency(targets.join(" "), targets, concurrency.bounds, concurrency);
}
