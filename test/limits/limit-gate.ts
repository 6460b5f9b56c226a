import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer, request, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  createGate,
  type DecisionRecord,
  type Gate,
  type GateOptions,
  type Plan,
} from "@portcullis/guard";
import { nodeHttpDoor } from "@portcullis/guard/node-http";
import { allocateSharedBuckets, type LimitState, SharedMemoryState } from "@portcullis/guard/state";
import { loadPolicy } from "../../packages/server/src/policy/load-policy.ts";
import {
  createUpstream,
  upstreamDefaults,
} from "../../packages/server/src/upstream/upstream-pool.ts";

/** A gate in this process, before a backend that answers as its test says. */
export interface LimitGate {
  readonly port: number;
  readonly records: readonly DecisionRecord[];
  /** How many requests have reached the backend. */
  reached(): number;
  ask(path: string, sent?: Sent): Promise<Answered>;
  readonly switchTo: Gate["switchTo"];
  readonly plan: Plan;
  /** Serves by the same policy, read again. */
  again(): void;
  close(): Promise<void>;
}

export interface Sent {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Ends the request from the caller's side. */
  readonly signal?: AbortSignal;
}

export interface Answered {
  readonly status: number;
  readonly code: string | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

const document = `openapi: 3.1.0
info: { title: Bounded, version: "1" }
security: []
paths:
  /login:
    post:
      operationId: login
      requestBody: { content: { application/json: { schema: { type: object, properties: { username: { type: string } } } } } }
      responses: { "200": { description: in }, default: { description: not in } }
  /pay:
    post:
      operationId: pay
      requestBody: { content: { application/json: { schema: {} } } }
      responses: { default: { description: paid or not } }
  /slow: { get: { operationId: slow, responses: { "200": { description: at last } } } }
  /quick: { get: { operationId: quick, responses: { "200": { description: at once } } } }
`;

/** @param operations the policy from its limits on */
export async function startLimitGate(
  operations: string,
  respond: RequestListener,
  state: LimitState = new SharedMemoryState(allocateSharedBuckets(65_536, [1, 2])),
): Promise<LimitGate> {
  let reached = 0;
  const backend = createServer((asked, response) => {
    reached += 1;
    respond(asked, response);
  });
  const target = await listen(backend);
  const directory = mkdtempSync(join(tmpdir(), "portcullis-limits-"));
  const file = join(directory, "portcullis.yaml");
  writeFileSync(join(directory, "openapi.yaml"), document);
  writeFileSync(
    file,
    `portcullis: 1\nmode: { default: enforce, response: off }\nstore: ./store.db\napis: [{ openapi: openapi.yaml, upstream: "http://127.0.0.1:${target}" }]\n${operations}`,
  );
  const { faults, plan } = await loadPolicy({ file, environment: {}, flags: [] });
  if (plan === undefined) throw new Error(faults.map(({ message }) => message).join("\n"));
  const records: DecisionRecord[] = [];
  const options: GateOptions = {
    plan,
    ports: {
      upstream: ({ targets }) =>
        createUpstream({
          ...upstreamDefaults,
          targets,
          connections: 64,
          connectTimeoutMs: 2000,
          headersTimeoutMs: 1000,
          bodyTimeoutMs: 1000,
        }),
      limits: state,
      localLimits: state,
      record: (record) => void records.push(record),
    },
  };
  const gate = createGate(options);
  const front = createServer(nodeHttpDoor(gate));
  const port = await listen(front);
  return {
    port,
    records,
    reached: () => reached,
    ask: (path, sent = {}) => ask(port, path, sent),
    plan,
    switchTo: (switches) => gate.switchTo(switches),
    again: () => gate.replace(options),
    async close() {
      gate.close();
      for (const one of [front, backend]) one.closeAllConnections();
      await Promise.all([front, backend].map((one) => new Promise((done) => one.close(done))));
    },
  };
}

const listen = (server: Server): Promise<number> =>
  new Promise((resolve) =>
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port)),
  );

function ask(port: number, path: string, { body, headers = {}, signal }: Sent): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const asked = request(
      {
        port,
        path,
        method: text === undefined ? "GET" : "POST",
        headers: text === undefined ? headers : { "content-type": "application/json", ...headers },
        ...(signal === undefined ? {} : { signal }),
      },
      (response) => {
        const parts: Buffer[] = [];
        response
          .on("data", (part: Buffer) => parts.push(part))
          .on("error", reject)
          .on("end", () => {
            const told = Buffer.concat(parts).toString();
            const isProblem = response.headers["content-type"] === "application/problem+json";
            const code = isProblem ? (JSON.parse(told) as { code?: string }).code : undefined;
            resolve({ status: response.statusCode ?? 0, code, headers: response.headers });
          });
      },
    );
    asked.on("error", reject);
    asked.end(text);
  });
}

/** Waits until something holds that nobody tells of. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await holds()); tries += 1) {
    if (tries > 500) throw new Error("it does not come to be");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
