import { once } from "node:events";
import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Arrival, createGate, type DecisionRecord } from "@portcullis/guard";
import { nodeHttpDoor } from "@portcullis/guard/node-http";
import { allocateSharedBuckets, SharedMemoryState } from "@portcullis/guard/state";
import type { Upstream } from "@portcullis/guard/upstream";
import { loadPolicy } from "../../packages/server/src/policy/load-policy.ts";
import {
  createUpstream,
  type PooledUpstream,
  upstreamDefaults,
} from "../../packages/server/src/upstream/upstream-pool.ts";
import { smallDocument } from "./small-document.ts";

/** What became of one request. */
export interface Outcome {
  /** What the gate saw; undefined where the bytes were no request. */
  readonly arrival: Arrival | undefined;
  readonly record: DecisionRecord | undefined;
  /** What the backend answered; undefined where it was not asked. */
  readonly answered: { readonly status: number; readonly text: string } | undefined;
}

/** A gate that enforces everything, before a backend, that shows what it has judged. */
export interface JudgingGate {
  send(bytes: Buffer): Promise<Outcome>;
  close(): Promise<void>;
}

const patienceMs = 20_000;

export async function openJudgingGate(
  target: string,
  dialect: string | undefined,
  methodFrom?: string,
): Promise<JudgingGate> {
  const plan = await planFor(target, { dialect, methodFrom });
  const pool = createUpstream({ ...upstreamDefaults, targets: [target] });
  let arrival: Outcome["arrival"];
  let record: Outcome["record"];
  let answered: Outcome["answered"];
  const state = new SharedMemoryState(allocateSharedBuckets(1024, [1, 2]));
  const gate = createGate({
    plan,
    ports: {
      upstream: () => listeningUpstream(pool, (one) => (answered = one)),
      limits: state,
      localLimits: state,
      record: (one) => (record = one),
    },
  });
  const door = nodeHttpDoor({
    handle(came, answer) {
      arrival = came;
      gate.handle(came, answer);
    },
  });
  const server = createServer(door).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    async send(bytes) {
      arrival = record = answered = undefined;
      await write(port, bytes);
      return { arrival, record, answered };
    },
    async close() {
      server.closeAllConnections();
      server.close();
      gate.close();
      await pool.close();
    },
  };
}

async function planFor(target: string, said: Readonly<Record<string, string | undefined>>) {
  const more = Object.entries(said).map(([key, value]) =>
    value === undefined ? "" : `, ${key}: ${value}`,
  );
  const folder = mkdtempSync(join(tmpdir(), "portcullis-differential-"));
  const file = join(folder, "portcullis.yaml");
  writeFileSync(join(folder, "openapi.yaml"), smallDocument);
  writeFileSync(
    file,
    `portcullis: 1
mode: { default: enforce, disclosure: off }
limits: { admission: off }
apis:
  - openapi: openapi.yaml
    upstream: { targets: "${target}"${more.join("")} }
`,
  );
  const { faults, plan } = await loadPolicy({ file, environment: {}, flags: [] });
  if (plan === undefined) throw new Error(faults.map(({ message }) => message).join("\n"));
  return plan;
}

/** Hears what the backend answers before the gate looks at it. */
function listeningUpstream(
  pool: PooledUpstream,
  hear: (answered: NonNullable<Outcome["answered"]>) => void,
): Upstream {
  return {
    forward(request, receiver) {
      let status = 0;
      const parts: Buffer[] = [];
      return pool.forward(request, {
        onHead(given, headers) {
          status = given;
          receiver.onHead(given, headers);
        },
        onData(chunk) {
          parts.push(chunk);
          return receiver.onData(chunk);
        },
        onEnd(trailers) {
          hear({ status, text: Buffer.concat(parts).toString() });
          receiver.onEnd(trailers);
        },
        onFault(code, detail) {
          hear({ status: 0, text: `${code} ${detail}` });
          receiver.onFault(code, detail);
        },
      });
    },
  };
}

/** Writes a request as it is, and waits for the end of what comes back. */
function write(port: number, bytes: Buffer): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(bytes));
    socket.setTimeout(patienceMs, () => socket.destroy());
    socket
      .on("data", () => undefined)
      .once("close", () => resolve())
      .once("error", () => socket.destroy());
  });
}
