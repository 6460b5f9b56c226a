import type { ConnectionOptions } from "node:tls";
import { buildConnector, Pool } from "undici";

/** Asks a backend for its health, over a connection that no caller's request waits for. */
export interface HealthProbe {
  /** @returns the status. @throws Error where there is no answer in time */
  ask(path: string, timeoutMs: number): Promise<number>;
  close(): Promise<void>;
}

/**
 * @param target `http(s)://host:port` or `unix:/path`
 * @param tls for `tls.connect`; undefined for targets without encryption
 */
export function createHealthProbe(target: string, tls: ConnectionOptions | undefined): HealthProbe {
  let pool: Pool | undefined;
  return {
    async ask(path, timeoutMs) {
      pool ??= openPool(target, tls);
      const signal = AbortSignal.timeout(timeoutMs);
      const { body, statusCode } = await pool.request({ path, method: "GET", signal });
      await body.dump();
      return statusCode;
    },
    async close() {
      await pool?.destroy();
    },
  };
}

function openPool(target: string, tls: ConnectionOptions | undefined): Pool {
  const options = { connections: 1, pipelining: 1 };
  if (tls !== undefined) return new Pool(target, { ...options, connect: connectEncrypted(tls) });
  if (!target.startsWith("unix:")) return new Pool(target, options);
  const socketPath = target.slice("unix:".length);
  return new Pool("http://localhost", { ...options, connect: { socketPath } });
}

function connectEncrypted({ servername, ...options }: ConnectionOptions): buildConnector.connector {
  const connect = buildConnector({ ...(options as object), allowH2: false });
  return (asked, done) =>
    connect({ ...asked, ...(servername === undefined ? {} : { servername }) }, done);
}
