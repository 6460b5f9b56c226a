import { createHash } from "node:crypto";
import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { type ClientOptions, WebSocket, WebSocketServer } from "ws";
import { createGate, type DecisionRecord, type Gate } from "@portcullis/guard";
import { nodeHttpDoor, nodeUpgradeDoor } from "@portcullis/guard/node-http";
import { allocateSharedBuckets, SharedMemoryState } from "@portcullis/guard/state";
import { type KeySource, Revocations } from "@portcullis/guard/tokens";
import { loadPolicy } from "../../packages/server/src/policy/load-policy.ts";
import {
  createUpstream,
  upstreamDefaults,
} from "../../packages/server/src/upstream/upstream-pool.ts";

/** A gate in this process before a backend of real WebSockets. */
export interface SocketGate {
  readonly port: number;
  readonly gate: Gate;
  readonly records: readonly DecisionRecord[];
  readonly revocations: Revocations;
  /** The handshakes that have reached the backend. */
  readonly asked: readonly IncomingMessage[];
  /** Opens as a client of the real library. */
  open(path: string, options?: ClientOptions, protocols?: string[]): Promise<WebSocket>;
  /** Opens by hand, for frames that no library sends. */
  openBare(path: string, fields?: readonly string[]): Promise<Bare>;
  close(): Promise<void>;
}

/** A connection after its handshake. */
export interface Bare {
  readonly socket: Socket;
  readonly head: string;
  /** Everything that came behind the head, once the connection has ended. */
  readonly rest: Promise<Buffer>;
}

export interface SocketGateOptions {
  readonly policy?: string;
  readonly document?: string;
  /** What the backend does with a connection at a path; without it, messages come back. */
  readonly onSocket?: (socket: WebSocket, request: IncomingMessage) => void;
  /** What the backend does by hand with a connection at `/bare`, after its handshake. */
  readonly onBare?: (socket: Duplex) => void;
  /** Further lines of the backend's 101 at `/bare`. */
  readonly answers?: () => readonly string[];
}

const live = "{ description: switching }";
export const socketDocument = `openapi: 3.1.0
info: { title: Live, version: "1" }
components:
  securitySchemes: { token: { type: http, scheme: bearer } }
  schemas:
    Say: { type: object, required: [text], properties: { text: { type: string, maxLength: 20 } } }
security: []
paths:
  /live: { get: { operationId: live, responses: { "101": ${live} } } }
  /bare: { get: { operationId: bare, responses: { "101": ${live} } } }
  /mine: { get: { operationId: mine, security: [{ token: [] }], responses: { "101": ${live} } } }
  /said:
    get:
      operationId: said
      responses: { "101": ${live} }
      x-portcullis-messages:
        request: { $ref: "#/components/schemas/Say" }
        response: { type: object, properties: { count: { type: integer } } }
`;

export const identity = "identity: { issuer: https://login.example, audience: x }\n";

/** What is asked here is never whether a signature holds. */
const anySignature: KeySource = {
  keySet: () => ({ size: 1, checkSignature: () => undefined }),
  watch: () => () => undefined,
};

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
/** An access token that ends after so many seconds. */
export function tokenFor(sub: string, seconds = 600, more: object = {}): string {
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: "https://login.example", aud: "x", sub, iat: now, exp: now + seconds };
  return `${part({ alg: "ES256", typ: "at+jwt" })}.${part({ ...claims, ...more })}.${Buffer.alloc(64).toString("base64url")}`;
}
export const bearer = (token: string): ClientOptions => ({
  headers: { Authorization: `Bearer ${token}` },
});

const magic = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
export const acceptOf = (key: string): string =>
  createHash("sha1").update(`${key}${magic}`).digest("base64");

export async function startSocketGate(options: SocketGateOptions = {}): Promise<SocketGate> {
  const asked: IncomingMessage[] = [];
  const backend = createServer((_request, response) => response.writeHead(404).end());
  const sockets = new WebSocketServer({ noServer: true, maxPayload: 0 });
  backend.on("upgrade", (request: IncomingMessage, socket: Duplex, head) => {
    asked.push(request);
    socket.on("error", () => socket.destroy()).on("end", () => socket.end());
    if (request.url?.startsWith("/bare") === true) {
      const accept = `Sec-WebSocket-Accept: ${acceptOf(request.headers["sec-websocket-key"] as string)}`;
      const lines = options.answers?.() ?? [accept];
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n${lines.map((line) => `${line}\r\n`).join("")}\r\n`,
      );
      options.onBare?.(socket);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (one) => {
      one.on("error", () => undefined);
      if (options.onSocket !== undefined) options.onSocket(one, request);
      else one.on("message", (data, binary) => one.send(data, { binary }));
    });
  });
  const backendPort = await listen(backend);
  const { gate, records, revocations } = await gateBefore(backendPort, options).catch(
    (fault: unknown) => {
      backend.close();
      throw fault;
    },
  );
  const front = createServer(nodeHttpDoor(gate)).on("upgrade", nodeUpgradeDoor(gate));
  const port = await listen(front);
  const opened = new Set<Socket>();
  front.on("connection", (socket) => opened.add(socket));
  return {
    port,
    gate,
    records,
    revocations,
    asked,
    open: (path, client = {}, protocols = []) =>
      new Promise((resolve, reject) => {
        const one = new WebSocket(`ws://127.0.0.1:${port}${path}`, protocols, client);
        one.once("open", () => resolve(one)).once("error", reject);
      }),
    openBare: (path, fields = []) => openBare(port, path, fields),
    async close() {
      gate.close();
      for (const socket of opened) socket.destroy();
      for (const one of sockets.clients) one.terminate();
      backend.closeAllConnections();
      await Promise.all([front, backend].map((one) => new Promise((done) => one.close(done))));
    },
  };
}

async function gateBefore(backendPort: number, { document, policy = "" }: SocketGateOptions) {
  const directory = mkdtempSync(join(tmpdir(), "portcullis-sockets-"));
  const file = join(directory, "portcullis.yaml");
  writeFileSync(join(directory, "openapi.yaml"), document ?? socketDocument);
  const mode = policy.includes("mode:") ? "" : "mode: enforce\n";
  writeFileSync(
    file,
    `portcullis: 1\n${mode}apis: [{ openapi: openapi.yaml, upstream: "http://127.0.0.1:${backendPort}" }]\n${policy}`,
  );
  const { faults, plan } = await loadPolicy({ file, environment: {}, flags: [] });
  if (plan === undefined) throw new Error(faults.map(({ message }) => message).join("\n"));
  const limits = new SharedMemoryState(allocateSharedBuckets(4096, [1, 2]));
  const records: DecisionRecord[] = [];
  const revocations = new Revocations();
  const gate = createGate({
    plan,
    ports: {
      upstream: ({ targets }) =>
        createUpstream({
          ...upstreamDefaults,
          targets,
          connections: 4,
          connectTimeoutMs: 2000,
          headersTimeoutMs: 2000,
          bodyTimeoutMs: 2000,
        }),
      limits,
      localLimits: limits,
      keys: anySignature,
      revocations,
      record: (record) => void records.push(record),
    },
  });
  return { gate, records, revocations };
}

const listen = (server: ReturnType<typeof createServer>): Promise<number> =>
  new Promise((resolve) =>
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port)),
  );

function openBare(port: number, path: string, fields: readonly string[]): Promise<Bare> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1");
    const lines = [
      `GET ${path} HTTP/1.1`,
      "Host: 127.0.0.1",
      "Connection: Upgrade",
      "Upgrade: websocket",
      "Sec-WebSocket-Version: 13",
      "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
      ...fields,
    ];
    socket.write(`${lines.join("\r\n")}\r\n\r\n`);
    const parts: Buffer[] = [];
    let head: string | undefined;
    const rest = new Promise<Buffer>((ended) =>
      socket.on("close", () => ended(Buffer.concat(parts))),
    );
    socket.on("error", reject).on("data", (chunk: Buffer) => {
      parts.push(chunk);
      if (head !== undefined) return;
      const all = Buffer.concat(parts);
      const end = all.indexOf("\r\n\r\n");
      if (end === -1) return;
      head = all.toString("latin1", 0, end + 2);
      parts.splice(0, parts.length, all.subarray(end + 4));
      resolve({ socket, head, rest });
    });
  });
}
