import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { request } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WebSocketServer } from "ws";
import { type StartedGate, startGate } from "../../examples/harbour/gate.ts";
import { selfSigned } from "../certificate.ts";

/** An answer that is worth encoding. */
export const long = {
  items: Array.from({ length: 200 }, (_, index) => ({ id: index, name: `item ${index}` })),
};

export interface Got {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: Buffer;
  readonly trailers: NodeJS.Dict<string>;
}

export interface EdgeGateRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A gate with a certificate of its operator's, before a backend that shows what HTTP can do. */
export interface EdgeGate {
  readonly gate: StartedGate;
  readonly cleartextPort: number;
  /** The certificate that the gate was started with, in PEM. */
  readonly certificate: string;
  readonly certificateFile: string;
  readonly keyFile: string;
  /** How many requests have reached the backend. */
  asked(): number;
  send(path: string, options?: EdgeGateRequest): Promise<Got>;
  close(): void;
}

export async function startEdgeGate(): Promise<EdgeGate> {
  const directory = mkdtempSync(join(tmpdir(), "portcullis-edges-"));
  const certificateFile = join(directory, "tls.crt");
  const keyFile = join(directory, "tls.key");
  const { certificate, key } = await selfSigned("first");
  writeFileSync(certificateFile, certificate);
  writeFileSync(keyFile, key);
  let asked = 0;
  const backend = createServer((incoming, response) => {
    asked += 1;
    answer(incoming, response);
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => backend.once("listening", resolve));
  const sockets = echoOver(backend);
  writeFileSync(join(directory, "openapi.yaml"), openapi);
  writeFileSync(
    join(directory, "portcullis.yaml"),
    policyFor(`http://127.0.0.1:${(backend.address() as AddressInfo).port}`),
  );
  // startGate reads the local authority's file; this gate has a certificate of its own.
  const state = join(directory, "state");
  mkdirSync(state);
  writeFileSync(join(state, "local-ca.crt"), certificate);
  const gate = await startGate(["--config", join(directory, "portcullis.yaml")], state);
  return {
    gate,
    cleartextPort: Number(/port (\d+) answers/.exec(gate.said())?.[1]),
    certificate,
    certificateFile,
    keyFile,
    asked: () => asked,
    send: (path, options = {}) => send(gate.port, certificate, path, options),
    close() {
      gate.process.kill("SIGKILL");
      sockets.close();
      backend.closeAllConnections();
      backend.close();
    },
  };
}

function answer(incoming: IncomingMessage, response: ServerResponse): void {
  if (incoming.url?.startsWith("/long") === true) {
    response
      .writeHead(200, {
        "Content-Type": "application/json",
        ...(incoming.url.includes("cookie") ? { "Set-Cookie": "a=b" } : {}),
      })
      .end(incoming.method === "HEAD" ? undefined : JSON.stringify(long));
    return;
  }
  if (incoming.url?.startsWith("/trailers") === true) {
    response.writeHead(200, { "Content-Type": "text/plain", Trailer: "X-Checksum" });
    response.write("body");
    response.addTrailers({ "X-Checksum": "abc" });
    response.end();
    return;
  }
  let bytes = 0;
  incoming
    .on("data", (part: Buffer) => (bytes += part.length))
    .on("end", () =>
      response
        .writeHead(200, { "Content-Type": "application/json" })
        .end(JSON.stringify({ bytes })),
    );
}

/** WebSockets whose every message comes back; those that ask for it are refused. */
function echoOver(backend: Server): WebSocketServer {
  const sockets = new WebSocketServer({ noServer: true });
  backend.on("upgrade", (incoming, socket, head) => {
    if (incoming.url?.includes("refuse") === true) {
      socket.end("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno");
      return;
    }
    sockets.handleUpgrade(incoming, socket, head, (one) =>
      one.on("message", (data, isBinary) => one.send(data, { binary: isBinary })),
    );
  });
  return sockets;
}

const policyFor = (upstream: string): string => `portcullis: 1
mode: enforce
publicUrl: https://api.example
hosts: [localhost, 127.0.0.1]
listen:
  port: 0
  threads: 1
  tls:
    cert: tls.crt
    key: tls.key
    cleartextPort: 0
    cleartext: redirect
    hsts: { maxAge: 30d, includeSubDomains: true }
admin: { port: 0 }
apis: [{ openapi: openapi.yaml, upstream: "${upstream}" }]
operations:
  - { match: long, entityTags: true }
  - { match: json, maxBodySize: 1kB }
`;

const ok = '{ "200": { description: ok } }';
const json = "{ content: { application/json: { schema: { type: object } } } }";
const openapi = `openapi: 3.1.0
info: { title: Edges, version: "1" }
security: []
paths:
  /long:
    get:
      operationId: long
      parameters: [{ name: cookie, in: query, schema: { type: string } }]
      responses:
        "200":
          description: ok
          content: { application/json: { schema: { $ref: "#/components/schemas/Long" } } }
  /trailers:
    get:
      operationId: trailers
      responses: { "200": { description: ok, content: { text/plain: {} } } }
  /json: { post: { operationId: json, requestBody: ${json}, responses: ${ok} } }
  /bare/{id}:
    parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
    delete: { operationId: remove, responses: ${ok} }
    post: { operationId: act, requestBody: ${json}, responses: ${ok} }
    put:
      operationId: put
      requestBody: { required: true, content: { application/json: { schema: { type: object } } } }
      responses: ${ok}
  /bytes:
    post: { operationId: bytes, requestBody: { content: { "*/*": {} } }, responses: ${ok} }
  /live:
    get:
      operationId: live
      parameters: [{ name: refuse, in: query, schema: { type: string } }]
      responses: { "101": { description: switching } }
components:
  schemas:
    Item: { type: object, properties: { id: { type: integer }, name: { type: string } } }
    Long:
      type: object
      properties: { items: { type: array, items: { $ref: "#/components/schemas/Item" } } }
`;

function send(
  port: number,
  ca: string,
  path: string,
  { body, headers = {}, method = "GET" }: EdgeGateRequest,
): Promise<Got> {
  return new Promise((resolve, reject) => {
    request(
      { host: "127.0.0.1", port, path, ca, servername: "localhost", method, headers },
      (response) => {
        const parts: Buffer[] = [];
        response
          .on("data", (part: Buffer) => parts.push(part))
          .on("end", () =>
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              body: Buffer.concat(parts),
              trailers: response.trailers,
            }),
          );
      },
    )
      .on("error", reject)
      .end(body);
  });
}
