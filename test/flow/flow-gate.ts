import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer, request, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createGate, type DecisionRecord, type Gate, type GateOptions } from "@portcullis/guard";
import { nodeHttpDoor } from "@portcullis/guard/node-http";
import {
  allocateSharedBuckets,
  allocateSharedFlows,
  SharedFlows,
  SharedMemoryState,
} from "@portcullis/guard/state";
import { KeyRing } from "@portcullis/guard/tokens";
import { loadPolicy } from "../../packages/server/src/policy/load-policy.ts";
import {
  createUpstream,
  upstreamDefaults,
} from "../../packages/server/src/upstream/upstream-pool.ts";
import { claims, forge, jwks } from "../tokens/forged-token.ts";

/** A shop's gate in this process, before a backend that answers as its test says. */
export interface FlowGate {
  readonly port: number;
  readonly records: readonly DecisionRecord[];
  /** What has reached the backend: `POST /orders`. */
  readonly reached: readonly string[];
  ask(line: string, sent?: Sent): Promise<Answered>;
  /** Time goes on for steps. */
  pass(ms: number): void;
  readonly switchTo: Gate["switchTo"];
  /** Serves by another policy. */
  again(operations: string): Promise<void>;
  close(): Promise<void>;
}

export interface Sent {
  /** What its token says beside the usual. */
  readonly of?: Readonly<Record<string, unknown>>;
  readonly body?: string;
  readonly signal?: AbortSignal;
}

export interface Answered {
  readonly status: number;
  readonly code: string | undefined;
  readonly retryAfter: string | undefined;
}

const answers = '{ "200": { description: ok }, default: { description: not ok } }';
/** Operations of a shop, of which `links` says where the answers of adding to a cart lead. */
export const shopDocument = (links = ""): string => `openapi: 3.1.0
info: { title: Shop, version: "1" }
components: { securitySchemes: { token: { type: http, scheme: bearer } } }
security: [{ token: [] }]
paths:
  /cart:
    post: { operationId: addToCart, responses: ${links === "" ? answers : links} }
    get: { operationId: getCart, responses: ${answers} }
  /checkout: { post: { operationId: startCheckout, responses: ${answers} } }
  /orders: { post: { operationId: confirmOrder, responses: ${answers} } }
  /status: { get: { operationId: getStatus, security: [], responses: ${answers} } }
`;

/** @param operations the policy from its operations on */
export async function startFlowGate(
  operations: string,
  respond: RequestListener = (_asked, response) => response.end("{}"),
): Promise<FlowGate> {
  const reached: string[] = [];
  const backend = createServer((asked, response) => {
    reached.push(`${asked.method} ${asked.url}`);
    respond(asked, response);
  });
  const target = await listen(backend);
  const directory = mkdtempSync(join(tmpdir(), "portcullis-flow-"));
  writeFileSync(join(directory, "openapi.yaml"), shopDocument());
  let now = 1_000_000;
  const limits = new SharedMemoryState(allocateSharedBuckets(4096, [1, 2]));
  const flows = new SharedFlows(allocateSharedFlows(4096, [1, 2]), () => now);
  const records: DecisionRecord[] = [];
  const optionsOf = async (entries: string): Promise<GateOptions> => {
    const file = join(directory, "portcullis.yaml");
    writeFileSync(
      file,
      `portcullis: 1
mode: { default: enforce, request: off, response: off }
identity: { issuer: "${claims.iss}", audience: "${claims.aud}", deviceClaim: device }
apis: [{ openapi: openapi.yaml, upstream: "http://127.0.0.1:${target}" }]
${entries}`,
    );
    const { faults, plan } = await loadPolicy({ file, environment: {}, flags: [] });
    if (plan === undefined) throw new Error(faults.map(({ message }) => message).join("\n"));
    return {
      plan,
      ports: {
        upstream: ({ targets }) =>
          createUpstream({
            ...upstreamDefaults,
            targets,
            connections: 16,
            connectTimeoutMs: 2000,
            headersTimeoutMs: 300,
            bodyTimeoutMs: 300,
          }),
        limits,
        localLimits: limits,
        flows,
        keys: new KeyRing(jwks),
        record: (record) => void records.push(record),
      },
    };
  };
  const gate = createGate(await optionsOf(operations));
  const front = createServer(nodeHttpDoor(gate));
  const port = await listen(front);
  return {
    port,
    records,
    reached,
    ask: (line, sent = {}) => ask(port, line, sent),
    pass: (ms) => void (now += ms),
    switchTo: (switches) => gate.switchTo(switches),
    again: async (entries) => gate.replace(await optionsOf(entries)),
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

function ask(port: number, line: string, { body, of, signal }: Sent): Promise<Answered> {
  const [method, path] = line.split(" ");
  const nowSeconds = Math.floor(Date.now() / 1000);
  const token = forge({
    claims: { ...claims, iat: nowSeconds, exp: nowSeconds + 300, sid: "s-1", device: "d-1", ...of },
  });
  return new Promise((resolve, reject) => {
    const asked = request(
      {
        port,
        path,
        method,
        headers: { authorization: `Bearer ${token}` },
        ...(signal === undefined ? {} : { signal }),
      },
      (response) => {
        let text = "";
        response
          .setEncoding("utf8")
          .on("data", (part: string) => (text += part))
          .on("error", reject)
          .on("end", () => {
            const isProblem = response.headers["content-type"] === "application/problem+json";
            const code = isProblem ? (JSON.parse(text) as { code?: string }).code : undefined;
            const retryAfter = response.headers["retry-after"];
            resolve({ status: response.statusCode ?? 0, code, retryAfter });
          });
      },
    );
    asked.on("error", reject);
    asked.end(body);
  });
}
