import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, writeFileSync } from "node:fs";
import { Agent, createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { main } from "../../examples/harbour/gate.ts";
import { freePort } from "../parts/free-port.ts";

const document = `openapi: 3.0.3
info: { title: Things, version: "1" }
security: []
paths:
  /things: { get: { operationId: listThings, responses: { "200": { description: ok } } } }
`;

/** How many records there are of each kind, and how many requests, at one moment. */
export interface RecordCounts {
  readonly requests: number;
  readonly written: number;
  readonly dropped: number;
  readonly waiting: number;
}

/** The program, with whatever it is given to write to. */
export interface RecordedGate {
  readonly process: ChildProcess;
  /** Asks so often, some at once. @returns how many were answered 200 */
  ask(times: number): Promise<number>;
  metrics(): Promise<string>;
  counts(): Promise<RecordCounts>;
  /** Resolves with the counts when they are as they should be; fails with those that they are. */
  countsWhen(are: (counts: RecordCounts) => boolean): Promise<RecordCounts>;
  /** Sends SIGTERM. @returns the exit code, or "still there" after `withinMs` */
  stop(withinMs: number): Promise<number | string>;
  close(): void;
}

export interface RecordedGateOptions {
  readonly stdout: number | "ignore";
  readonly stderr: number | "ignore";
  readonly environment?: NodeJS.ProcessEnv;
  readonly threads?: number;
}

const startMs = 30_000;
const settleMs = 15_000;

export async function startRecordedGate({
  environment = {},
  stderr,
  stdout,
  threads = 1,
}: RecordedGateOptions): Promise<RecordedGate> {
  const directory = mkdtempSync(join(tmpdir(), "portcullis-recorded-"));
  writeFileSync(join(directory, "openapi.yaml"), document);
  const backend = createServer((_request, response) => response.end("ok")).listen(0, "127.0.0.1");
  await once(backend, "listening");
  const upstream = `http://127.0.0.1:${(backend.address() as AddressInfo).port}`;
  writeFileSync(
    join(directory, "portcullis.yaml"),
    `portcullis: 1
mode: enforce
limits: { admission: off }
listen: { tls: off, lameDuck: 0s }
apis: [{ openapi: openapi.yaml, upstream: "${upstream}" }]
`,
  );
  const [port, adminPort] = [await freePort(), await freePort()];
  const words = `up --port ${port} --admin-port ${adminPort} --threads ${threads}`;
  const child = spawn(
    process.execPath,
    [
      "--conditions=@portcullis/source",
      "--disable-warning=ExperimentalWarning",
      main,
      ...words.split(" "),
      "--config",
      join(directory, "portcullis.yaml"),
      "--directory",
      join(directory, "state"),
    ],
    { stdio: ["ignore", stdout, stderr], env: { ...process.env, ...environment } },
  );
  const endWithUs = (): void => void child.kill("SIGKILL");
  process.once("exit", endWithUs);
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  const get = (at: number, path: string): Promise<{ status: number; text: string }> =>
    new Promise((resolve, reject) => {
      request({ host: "127.0.0.1", port: at, path, agent }, (response) => {
        let text = "";
        response
          .setEncoding("utf8")
          .on("data", (part: string) => (text += part))
          .on("end", () => resolve({ status: response.statusCode ?? 0, text }));
      })
        .on("error", reject)
        .end();
    });
  const metrics = async (): Promise<string> => (await get(adminPort, "/metrics")).text;
  const counts = async (): Promise<RecordCounts> => countsIn(await metrics());
  const gate: RecordedGate = {
    process: child,
    async ask(times) {
      let [left, answered] = [times, 0];
      const one = async (): Promise<void> => {
        while ((left -= 1) >= 0)
          if ((await get(port, "/things").catch(() => undefined))?.status === 200) answered += 1;
      };
      await Promise.all(Array.from({ length: 16 }, one));
      return answered;
    },
    metrics,
    counts,
    async countsWhen(are) {
      let last = await counts();
      const until = performance.now() + settleMs;
      for (; !are(last) && performance.now() < until; last = await counts()) await sleep(50);
      if (!are(last)) throw new Error(`the counts are ${JSON.stringify(last)}`);
      return last;
    },
    async stop(withinMs) {
      agent.destroy();
      const ended = once(child, "exit").then(([code, signal]) => (code ?? signal) as number);
      child.kill("SIGTERM");
      const late = new AbortController();
      const first = await Promise.race([
        ended,
        sleep(withinMs, "still there", { signal: late.signal }).catch(() => ""),
      ]);
      late.abort();
      return first;
    },
    close() {
      process.off("exit", endWithUs);
      child.kill("SIGKILL");
      agent.destroy();
      backend.closeAllConnections();
      backend.close();
    },
  };
  const until = performance.now() + startMs;
  const isReady = async (): Promise<boolean> =>
    (await get(adminPort, "/readyz").catch(() => undefined))?.status === 200;
  while (!(await isReady())) {
    if (child.exitCode !== null || performance.now() > until) {
      gate.close();
      throw new Error(`the gate did not start, or has ended with ${child.exitCode}`);
    }
    await sleep(50);
  }
  return gate;
}

/** Sums over all labels. */
function countsIn(metrics: string): RecordCounts {
  const sum = (name: string): number =>
    [...metrics.matchAll(new RegExp(`^${name}(?:\\{.*\\})? (\\d+)$`, "gm"))].reduce(
      (total, [, value]) => total + Number(value),
      0,
    );
  return {
    requests: sum("portcullis_requests_total"),
    written: sum("portcullis_records_written_total"),
    dropped: sum("portcullis_records_dropped_total"),
    waiting: sum("portcullis_records_waiting"),
  };
}
