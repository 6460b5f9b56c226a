import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { type ClientHttp2Session, connect, constants } from "node:http2";
import { Agent, request } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type StartedGate, startGate } from "../../../examples/harbour/gate.ts";
import { freePort } from "../../parts/free-port.ts";
import { findPart, reasonOf } from "../../parts/part.ts";
import { parts } from "../../parts/parts.ts";

const leastRequests = 10_000;
const callersEach = 4;

const document = `openapi: 3.1.0
info: { title: t, version: "1" }
security: []
paths:
  /fast: { get: { operationId: fast, responses: { "200": { description: ok } } } }
`;

/** One node of two, which can be stopped and started again at its place. */
async function openNode(upstream: string) {
  const directory = mkdtempSync(join(tmpdir(), "portcullis-node-"));
  const [port, adminPort] = [await freePort(), await freePort()];
  writeFileSync(join(directory, "openapi.yaml"), document);
  writeFileSync(
    join(directory, "portcullis.yaml"),
    `portcullis: 1
mode: { default: enforce, limit: off }
listen: { port: ${port}, threads: 1 }
admin: { port: ${adminPort} }
apis: [{ openapi: openapi.yaml, upstream: "${upstream}" }]
`,
  );
  const start = (): Promise<StartedGate> =>
    startGate(["--config", join(directory, "portcullis.yaml")], join(directory, "state"));
  let gate = await start();
  return {
    port,
    adminPort,
    ca: gate.ca,
    async restart(): Promise<void> {
      const ended = once(gate.process, "exit");
      gate.process.kill("SIGTERM");
      await ended;
      gate = await start();
    },
    close: () => void gate.process.kill("SIGKILL"),
  };
}

type Node = Awaited<ReturnType<typeof openNode>>;

/** HAProxy passes connections on, and asks each node every half second whether it is ready. */
async function openBalancer(
  haproxy: string,
  nodes: readonly Node[],
): Promise<{ port: number; close(): void }> {
  const port = await freePort();
  const file = join(mkdtempSync(join(tmpdir(), "portcullis-balancer-")), "haproxy.cfg");
  const servers = nodes.map(
    (node, index) =>
      `  server n${index} 127.0.0.1:${node.port} check port ${node.adminPort} inter 500ms fall 1 rise 2`,
  );
  writeFileSync(
    file,
    `defaults
  mode tcp
  timeout connect 2s
  timeout client 300s
  timeout server 300s
listen gate
  bind 127.0.0.1:${port}
  balance roundrobin
  option redispatch
  retries 3
  option httpchk
  http-check send meth GET uri /readyz ver HTTP/1.1 hdr Host 127.0.0.1
  http-check expect status 200
${servers.join("\n")}
`,
  );
  const program: ChildProcess = spawn(haproxy, ["-f", file, "-db"], { stdio: "ignore" });
  await sleep(2000);
  return { port, close: () => void program.kill("SIGKILL") };
}

class Callers {
  readonly ends: Record<string, number> = {};
  readonly #port: number;
  readonly #ca: readonly string[];
  #isOver = false;

  constructor(port: number, ca: readonly string[]) {
    this.#port = port;
    this.#ca = ca;
  }

  get asked(): number {
    return Object.values(this.ends).reduce((sum, count) => sum + count, 0);
  }

  async callUntil(enough: Promise<void>): Promise<void> {
    void enough.then(() => (this.#isOver = true));
    await Promise.all([
      ...Array.from({ length: callersEach }, () => this.#overHttp1()),
      ...Array.from({ length: callersEach }, () => this.#overHttp2()),
    ]);
  }

  #note(end: string): void {
    this.ends[end] = (this.ends[end] ?? 0) + 1;
  }

  async #overHttp1(): Promise<void> {
    const agent = new Agent({ keepAlive: true, maxSockets: 1, ca: [...this.#ca] });
    const options = { host: "localhost", port: this.#port, path: "/fast", agent };
    while (!this.#isOver) {
      const end = await new Promise<string>((resolve) => {
        request(options, (response) => {
          response.resume().once("end", () => resolve(`h1 ${response.statusCode}`));
          response.once("error", ({ message }) => resolve(`h1 ${message}`));
        })
          .once("error", ({ message }) => resolve(`h1 ${message}`))
          .end();
      });
      this.#note(end);
      await sleep(5);
    }
    agent.destroy();
  }

  /** Begins a new connection when it is told that this one ends, as every client does. */
  async #overHttp2(): Promise<void> {
    let session: ClientHttp2Session | undefined;
    let isLeaving = true;
    while (!this.#isOver) {
      if (session === undefined || isLeaving || session.closed || session.destroyed) {
        session?.close();
        session = connect(`https://localhost:${this.#port}`, { ca: [...this.#ca] });
        isLeaving = false;
        session.on("error", () => undefined).on("goaway", () => (isLeaving = true));
      }
      const stream = session.request({ ":path": "/fast" }).resume();
      const end = await new Promise<string>((resolve) => {
        let status = "";
        stream
          .on("response", (head) => (status = String(head[":status"])))
          .on("error", () => undefined)
          .once("close", () => resolve(`h2 ${stream.rstCode === 0 ? status : stream.rstCode}`));
      });
      // It was not sent, because the word that the connection ends came in the same moment: every
      // client asks again (RFC 9113 section 8.7).
      const isUnsent = isLeaving && stream.rstCode === constants.NGHTTP2_REFUSED_STREAM;
      if (!isUnsent) this.#note(end);
      await sleep(5);
    }
    session?.destroy();
  }
}

/** Two nodes are restarted one after the other under load of both protocols: nobody notices. */
export async function rollingRestart(): Promise<void> {
  const found = findPart("haproxy", parts.haproxy);
  if ("missing" in found) {
    console.log(`skipped: ${reasonOf(parts.haproxy, found.missing)}`);
    return;
  }
  const backend = createServer((_request, response) => response.end("ok")).listen(0, "127.0.0.1");
  await once(backend, "listening");
  const upstream = `http://127.0.0.1:${(backend.address() as AddressInfo).port}`;
  const nodes = [await openNode(upstream), await openNode(upstream)];
  const balancer = await openBalancer(found.place, nodes);
  const callers = new Callers(
    balancer.port,
    nodes.map(({ ca }) => ca),
  );
  try {
    const work = async (): Promise<void> => {
      await sleep(2000);
      for (const node of nodes) {
        await node.restart();
        await sleep(3000);
      }
      while (callers.asked < leastRequests) await sleep(100);
    };
    await callers.callUntil(work());
    console.log(callers.ends);
    const failed = Object.keys(callers.ends).filter((end) => !/^h[12] 200$/.test(end));
    assert.deepEqual(failed, []);
  } finally {
    balancer.close();
    for (const node of nodes) node.close();
    backend.closeAllConnections();
    backend.close();
  }
}
