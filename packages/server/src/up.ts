import { randomBytes } from "node:crypto";
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { pino, type DestinationStream } from "pino";
import { openAdminCredential } from "./admin/admin-credential.ts";
import { startAdminServer } from "./admin/admin-server.ts";
import type { FromGate, GateSettings, ToGate } from "./gate-settings.ts";
import { openLocalAuthority } from "./listener/local-authority.ts";
import { prometheusText } from "./watch/prometheus.ts";
import { RecentRecords } from "./watch/recent-records.ts";
import { RequestCounts } from "./watch/request-counts.ts";

export interface UpOptions {
  readonly settings: Omit<GateSettings, "tls">;
  /** `local`: a certificate of this machine's own authority. `off`: cleartext, behind another TLS end. */
  readonly tls: "local" | "off";
  readonly threads: number | undefined;
  readonly admin: { readonly host: string; readonly port: number };
  /** Where `.portcullis/` lies. */
  readonly directory: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Where records go; the standard output unless given. */
  readonly log: DestinationStream | undefined;
}

export interface Running {
  readonly port: number;
  readonly adminPort: number;
  readonly adminTokenFile: string;
  readonly authorityFile: string | undefined;
  readonly threads: number;
  close(drainMs: number): Promise<void>;
}

/** The only place that constructs: the control thread's parts, and a gate thread per core. */
export async function up(options: UpOptions): Promise<Running> {
  const { admin, directory, environment, settings } = options;
  const certificate = options.tls === "off" ? undefined : await openLocalAuthority(directory, ["localhost", "127.0.0.1", "::1"], environment);
  const tls = certificate === undefined ? undefined : { cert: certificate.cert, key: certificate.key, minVersion: "TLSv1.3" as const, ticketKeys: randomBytes(48) };
  const credential = openAdminCredential(directory);
  const logger = pino({ base: null, timestamp: false, formatters: { level: (level) => ({ level }) } }, options.log ?? pino.destination({ dest: 1, sync: false }));
  const counts = new RequestCounts();
  const recent = new RecentRecords(5000);
  const threads = options.threads ?? availableParallelism();
  const workers: Worker[] = [];

  const listen = async (port: number): Promise<number> => {
    const worker = new Worker(new URL(import.meta.url.endsWith(".ts") ? "./gate-thread.ts" : "./gate-thread.js", import.meta.url), { workerData: { ...settings, port, tls } satisfies GateSettings });
    workers.push(worker);
    return new Promise((resolve, reject) => {
      worker.on("error", reject);
      worker.on("message", (message: FromGate) => {
        if (message.kind === "listening") resolve(message.port);
        else if (message.kind === "failed") reject(new Error(listenFault(message.code, settings.host, port) ?? message.message));
        else {
          if (message.counts !== undefined) counts.merge(message.counts);
          for (const record of message.records) {
            recent.add(record);
            logger.info(record);
          }
        }
      });
    });
  };

  const stop = async (drainMs: number): Promise<void> => {
    await Promise.all(
      workers.map(
        (worker) =>
          new Promise<void>((resolve) => {
            worker.once("exit", () => resolve());
            worker.postMessage({ kind: "drain", drainMs } satisfies ToGate);
            setTimeout(() => void worker.terminate(), drainMs + 1000).unref();
          }),
      ),
    );
  };

  try {
    const port = await listen(settings.port);
    for (let thread = 1; thread < threads; thread += 1) await listen(port);
    const adminServer = await startAdminServer({
      ...admin,
      credential,
      view: {
        metrics: () => prometheusText(counts.all(), [{ name: "portcullis_gate_threads", help: "Gate threads that serve.", type: "gauge", value: workers.length }]),
        notReady: () => undefined,
        records: (filter, most) => recent.find(filter, most),
      },
    });
    return {
      port,
      adminPort: adminServer.port,
      adminTokenFile: credential.file,
      authorityFile: certificate?.authorityFile,
      threads,
      async close(drainMs) {
        await stop(drainMs);
        await adminServer.close();
        logger.flush();
      },
    };
  } catch (fault) {
    await Promise.all(workers.map((worker) => worker.terminate()));
    throw fault;
  }
}

function listenFault(code: string | undefined, host: string, port: number): string | undefined {
  if (code === "EADDRINUSE") return `port ${port} on ${host} is taken by another program. Stop it, or choose another with --port.`;
  if (code === "EACCES") return `port ${port} may not be opened by this user. Choose one above 1023 with --port.`;
  return undefined;
}
