import { once } from "node:events";
import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createGate, type DecisionRecord } from "@portcullis/guard";
import { nodeHttpDoor } from "@portcullis/guard/node-http";
import { allocateSharedBuckets, ResponseTable, SharedMemoryState } from "@portcullis/guard/state";
import type { HeldCaller, KeySource } from "@portcullis/guard/tokens";
import { AttackWatching } from "../../packages/server/src/control/attack-watching.ts";
import { signalSecret } from "../../packages/server/src/keys/signal-secret.ts";
import { loadPolicy } from "../../packages/server/src/policy/load-policy.ts";
import {
  createUpstream,
  upstreamDefaults,
} from "../../packages/server/src/upstream/upstream-pool.ts";

const document = `openapi: 3.1.0
info: { title: Shop, version: "1" }
components: { securitySchemes: { token: { type: http, scheme: bearer } } }
security: [{ token: [] }]
paths:
  /login:
    post:
      operationId: login
      security: []
      requestBody: { content: { application/json: { schema: { type: object, properties: { username: { type: string } } } } } }
      responses: { "200": { description: in }, "401": { description: out } }
  /orders/{id}:
    get:
      operationId: readOrder
      parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
      responses: { "200": { description: ok }, "404": { description: gone } }
  /me: { get: { operationId: me, responses: { "200": { description: ok } } } }
`;

export interface Asked {
  readonly method?: string;
  readonly token?: string;
  readonly body?: unknown;
  /** Further fields: another program has others. */
  readonly fields?: Readonly<Record<string, string>>;
}

export interface Told {
  readonly status: number;
  readonly code: string | undefined;
  readonly challenge: string | undefined;
}

/** A gate in this process with everything that looks for attacks and responds to them. */
export interface RespondingGate {
  readonly attacks: AttackWatching;
  readonly records: readonly DecisionRecord[];
  /** Who was told of because a response revokes what they have. */
  readonly held: readonly HeldCaller[];
  ask(path: string, asked?: Asked): Promise<Told>;
  close(): Promise<void>;
}

/** What is asked here is never whether a signature holds. */
const anySignature: KeySource = {
  keySet: () => ({ size: 1, checkSignature: () => undefined }),
  watch: () => () => undefined,
};
const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

/** An access token that was issued so many seconds ago. */
export function tokenOf(sub: string, more: object = {}, agoSeconds = 60): string {
  const now = Math.floor(Date.now() / 1000);
  const issued = { iat: now - agoSeconds, exp: now + 600 };
  const claims = { iss: "https://login.example", aud: "x", sub, ...issued, ...more };
  return `${part({ alg: "ES256", typ: "at+jwt" })}.${part(claims)}.${Buffer.alloc(64).toString("base64url")}`;
}

const listen = async (server: Server): Promise<number> => {
  await once(server.listen(0, "127.0.0.1"), "listening");
  return (server.address() as AddressInfo).port;
};

/** @param policy lines of it, such as `detect` and `respond` */
export async function startRespondingGate(policy = ""): Promise<RespondingGate> {
  const backend = createServer((asked, response) => {
    const status = asked.url === "/login" ? 401 : asked.url === "/me" ? 200 : 404;
    asked.resume().on("end", () => response.writeHead(status).end());
  });
  const target = await listen(backend);
  const folder = mkdtempSync(join(tmpdir(), "portcullis-responding-"));
  const file = join(folder, "portcullis.yaml");
  writeFileSync(join(folder, "openapi.yaml"), document);
  writeFileSync(
    file,
    `portcullis: 1
mode: { default: enforce, response: off }
apis: [{ openapi: openapi.yaml, upstream: "http://127.0.0.1:${target}" }]
identity: { issuer: https://login.example, audience: x }
operations: [{ match: login, role: sign-in }]
${policy}`,
  );
  const loaded = await loadPolicy({ file, environment: {}, flags: [] });
  const { faults, plan } = loaded;
  if (plan === undefined || loaded.policy === undefined)
    throw new Error(faults.map(({ message }) => message).join("\n"));
  const recordSecret = Buffer.alloc(32, 3);
  const responses = new ResponseTable();
  const records: DecisionRecord[] = [];
  const held: HeldCaller[] = [];
  const attacks = await AttackWatching.open({
    policy: loaded.policy,
    roles: ["sign-in"],
    store: undefined,
    recordSecret,
    alerts: [],
    responses: {
      store: undefined,
      switches: undefined,
      audit: async () => undefined,
      revoke: async (caller) => void held.push(caller),
      onRules: (rules) => responses.replace(rules),
    },
    sealing: undefined,
    nowMs: Date.now,
    say: () => undefined,
  });
  const state = new SharedMemoryState(allocateSharedBuckets(4096, [1, 2]));
  const gate = createGate({
    plan,
    ports: {
      upstream: ({ targets }) => createUpstream({ ...upstreamDefaults, targets }),
      limits: state,
      localLimits: state,
      keys: anySignature,
      responses,
      onHeldCaller: (rule, caller) => attacks.revoke(rule, caller),
      signalSecret: signalSecret(recordSecret),
      record: (record) => {
        records.push(record);
        attacks.follow({ ...record, timeMs: Date.parse(record.time) });
      },
    },
  });
  const front = createServer(nodeHttpDoor(gate));
  const port = await listen(front);
  return {
    attacks,
    records,
    held,
    ask: (path, asked = {}) => ask(port, path, asked),
    async close() {
      gate.close();
      await attacks.close();
      for (const one of [front, backend]) one.closeAllConnections();
      await Promise.all([front, backend].map((one) => new Promise((done) => one.close(done))));
    },
  };
}

function ask(port: number, path: string, { body, fields = {}, method, token }: Asked) {
  return new Promise<Told>((resolve, reject) => {
    const asked = request({
      host: "127.0.0.1",
      port,
      path,
      method: method ?? (body === undefined ? "GET" : "POST"),
      headers: {
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
        ...fields,
      },
    });
    asked.on("error", reject).on("response", (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
      response.on("end", () =>
        resolve({
          status: response.statusCode ?? 0,
          code: text.startsWith("{") ? (JSON.parse(text) as { code?: string }).code : undefined,
          challenge: response.headers["www-authenticate"],
        }),
      );
    });
    asked.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
