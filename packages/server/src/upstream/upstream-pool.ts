import { Pool, type Dispatcher } from "undici";
import type { HealthCheckPlan } from "@portcullis/guard/policy";
import type {
  AnswerReceiver,
  Forwarding,
  Upstream,
  UpstreamFaultCode,
  UpstreamRequest,
} from "@portcullis/guard/upstream";
import { AnswerPipe } from "./answer-pipe.ts";
import { watchHealth } from "./health-check.ts";
import { requestUpgrade } from "./upgrade-request.ts";

export interface UpstreamOptions {
  /** `http://host:port`, `https://host:port` or `unix:/path/to.sock`. */
  readonly targets: readonly string[];
  readonly connections: number;
  readonly connectTimeoutMs: number;
  readonly headersTimeoutMs: number;
  readonly bodyTimeoutMs: number;
  readonly healthCheck?: HealthCheckPlan | undefined;
}

export const upstreamDefaults: Omit<UpstreamOptions, "targets"> = {
  connections: 128,
  connectTimeoutMs: 2000,
  headersTimeoutMs: 30_000,
  bodyTimeoutMs: 30_000,
};

interface Target {
  readonly name: string;
  readonly pool: Pool;
  outstanding: number;
  /** Connections refused or lost in a row; the target rests until `restsUntil`. */
  failures: number;
  restsUntil: number;
  healthy: boolean;
}

const mostRestMs = 30_000;

/** Failures of the connection, before any byte of an answer. */
const neverConnected: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "UND_ERR_CONNECT_TIMEOUT",
  "ENOTFOUND",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOENT",
]);
const connectionLost: ReadonlySet<string> = new Set(["UND_ERR_SOCKET", "ECONNRESET", "EPIPE"]);
const timedOut: ReadonlySet<string> = new Set(["UND_ERR_HEADERS_TIMEOUT", "UND_ERR_BODY_TIMEOUT"]);

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
 * Keep-alive connections to the backend's instances. The instance with the fewest requests in
 * flight is asked; one that cannot be reached rests, twice as long each time, unless every other
 * rests too: a gate that gave up would be an outage of its own making.
 */
export function createUpstream(options: UpstreamOptions): PooledUpstream {
  const { bodyTimeoutMs, connections, connectTimeoutMs, headersTimeoutMs } = options;
  const all: Target[] = options.targets.map((name) => {
    const socketPath = name.startsWith("unix:") ? name.slice("unix:".length) : undefined;
    const pool = new Pool(socketPath === undefined ? name : "http://localhost", {
      connections,
      pipelining: 1,
      bodyTimeout: bodyTimeoutMs,
      headersTimeout: headersTimeoutMs,
      keepAliveTimeout: 4000,
      connect: { timeout: connectTimeoutMs, ...(socketPath === undefined ? {} : { socketPath }) },
    });
    return { name, pool, outstanding: 0, failures: 0, restsUntil: 0, healthy: true };
  });
  const health =
    options.healthCheck === undefined ? undefined : watchHealth(all, options.healthCheck);

  const choose = (except: Target | undefined): Target => {
    if (all.length === 1) return all[0] as Target;
    const now = Date.now();
    let best: Target | undefined;
    for (const target of all) {
      if (target === except || !target.healthy || target.restsUntil > now) continue;
      if (best === undefined || target.outstanding < best.outstanding) best = target;
    }
    return best ?? all.find((target) => target !== except) ?? (all[0] as Target);
  };

  const send = (
    request: UpstreamRequest,
    receiver: AnswerReceiver,
    pipe: AnswerPipe,
    except: Target | undefined,
  ): void => {
    const target = choose(except);
    target.outstanding += 1;
    pipe.begin(
      () => {
        target.failures = 0;
        target.restsUntil = 0;
      },
      (error, answered) => {
        target.outstanding -= 1;
        if (error === undefined) return;
        const code = (error as NodeJS.ErrnoException).code ?? "";
        const unsent = neverConnected.has(code);
        if (unsent) {
          target.failures += 1;
          target.restsUntil = Date.now() + Math.min(250 * 2 ** target.failures, mostRestMs);
        }
        const again =
          !answered &&
          except === undefined &&
          !pipe.aborted &&
          ((unsent && all.length > 1 && !isStream(request.body)) ||
            (request.repeatable && connectionLost.has(code)));
        if (again) send(request, receiver, pipe, target);
        else
          receiver.onFault(
            faultCode(code),
            `${target.name}: ${code === "" ? error.message : code}`,
          );
      },
    );
    const dispatched: Dispatcher.DispatchOptions = {
      method: request.method,
      path: request.target,
      headers: request.headers,
      body: request.body,
      origin: undefined as never,
    };
    target.pool.dispatch(dispatched, pipe);
  };

  return {
    forward(request, receiver): Forwarding {
      const pipe = new AnswerPipe(receiver);
      send(request, receiver, pipe, undefined);
      return pipe;
    },
    upgrade: (request, receiver) =>
      requestUpgrade(choose(undefined).name, connectTimeoutMs, request, receiver),
    async close() {
      health?.close();
      await Promise.all(all.map((target) => target.pool.close()));
    },
    targets: () =>
      all.map((target) => ({
        name: target.name,
        resting: !target.healthy || target.restsUntil > Date.now(),
        outstanding: target.outstanding,
      })),
  };
}

const isStream = (body: UpstreamRequest["body"]): boolean =>
  body !== null && !Buffer.isBuffer(body);

function faultCode(code: string): UpstreamFaultCode {
  if (timedOut.has(code)) return "upstream-timeout";
  return code.startsWith("HPE_") ||
    code === "UND_ERR_HEADERS_OVERFLOW" ||
    code === "UND_ERR_RES_CONTENT_LENGTH_MISMATCH" ||
    code === "UND_ERR_INVALID_ARG"
    ? "upstream-malformed"
    : "upstream-unreachable";
}
