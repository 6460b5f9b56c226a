import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { connect as http2Connect, type ClientHttp2Session, constants } from "node:http2";
import { request } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as tlsConnect, type TLSSocket } from "node:tls";
import { type StartedGate, startGate } from "../../examples/harbour/gate.ts";

const ok = 'responses: { "200": { description: ok, content: { "*/*": {} } } }';
const document = `openapi: 3.1.0
info: { title: t, version: "1" }
security: []
paths:
  /fast: { get: { operationId: fast, ${ok} } }
  /large: { get: { operationId: large, ${ok} } }
  /list: { get: { operationId: list, responses: { "200": { description: ok, content: { application/json: { schema: { type: array, items: { type: string } } } } } } } }
  /events: { get: { operationId: events, ${ok} } }
  /upload: { post: { operationId: upload, requestBody: { content: { application/octet-stream: {} } }, ${ok} } }
  /note: { post: { operationId: note, requestBody: { content: { application/json: { schema: { type: object } } } }, ${ok} } }
`;

/** A megabyte. */
const list = JSON.stringify(["x".repeat(1_000_000)]);

/** A gate before a backend with large answers, event streams and uploads. */
export interface SlowGate {
  readonly gate: StartedGate;
  /** How many answers the backend is giving just now. */
  busy(): number;
  readonly close: () => void;
}

export interface SlowGateOptions {
  /** To the backend. */
  readonly connections?: number;
  /** A further line of the policy. */
  readonly more?: string;
  /** How many files and sockets the program may have open. */
  readonly descriptors?: number;
}

/** @param listen keys of the policy's `listen`, in one line of YAML */
export async function startSlowGate(
  listen: string,
  { connections = 64, descriptors, more = "" }: SlowGateOptions = {},
): Promise<SlowGate> {
  let busy = 0;
  const backend: Server = createServer((incoming, response) => {
    busy += 1;
    response.once("close", () => (busy -= 1));
    response.on("error", () => undefined);
    const type = { "Content-Type": "application/octet-stream" };
    if (incoming.url === "/large") response.writeHead(200, type).end(Buffer.alloc(8_000_000));
    else if (incoming.url === "/list")
      response.writeHead(200, { "Content-Type": "application/json" }).end(list);
    else if (incoming.url === "/events") {
      response.writeHead(200, { "Content-Type": "text/event-stream" }).write("data: one\n\n");
      setTimeout(() => response.end("data: two\n\n"), 5000);
    } else {
      incoming.resume().on("end", () => response.writeHead(200, type).end("done"));
    }
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => backend.once("listening", resolve));
  const { port } = backend.address() as AddressInfo;
  const directory = mkdtempSync(join(tmpdir(), "portcullis-slow-"));
  writeFileSync(join(directory, "openapi.yaml"), document);
  writeFileSync(
    join(directory, "portcullis.yaml"),
    `portcullis: 1
mode: { default: enforce, limit: off }
listen: { port: 0, threads: 1, ${listen} }
admin: { port: 0 }
apis: [{ openapi: openapi.yaml, upstream: { targets: "http://127.0.0.1:${port}", connections: ${connections} } }]
${more}
`,
  );
  const gate = await startGate(
    ["--config", join(directory, "portcullis.yaml")],
    join(directory, "state"),
    process.env,
    descriptors,
  );
  return {
    gate,
    busy: () => busy,
    close() {
      gate.process.kill("SIGKILL");
      backend.closeAllConnections();
      backend.close();
    },
  };
}

/** A connection that speaks nothing by itself. */
export async function rawTls({ ca, port }: StartedGate, protocol: string): Promise<TLSSocket> {
  const socket = tlsConnect({ host: "localhost", port, ca, ALPNProtocols: [protocol] });
  socket.on("error", () => undefined);
  await new Promise((resolve) => socket.once("secureConnect", resolve));
  return socket;
}

/** @param window how many bytes of an answer may come before this end takes some */
export function http2Session({ ca, port }: StartedGate, window?: number): ClientHttp2Session {
  const session = http2Connect(`https://localhost:${port}`, {
    ca,
    ...(window === undefined ? {} : { settings: { initialWindowSize: window } }),
  });
  return session.on("error", () => undefined);
}

/** How a stream ended: with its status, or what it was reset with. */
export const endOf = (stream: ReturnType<ClientHttp2Session["request"]>): Promise<string> =>
  new Promise((resolve) => {
    let status = "";
    stream
      .on("response", (head) => (status = String(head[":status"])))
      .on("error", () => undefined)
      .once("close", () => {
        if (stream.rstCode === constants.NGHTTP2_ENHANCE_YOUR_CALM) resolve("ENHANCE_YOUR_CALM");
        else resolve(stream.rstCode === 0 ? status : `code ${stream.rstCode}`);
      });
  });

/** An honest caller, on a connection of its own. */
export const ask = ({ ca, port }: StartedGate, path = "/fast"): Promise<number | string> =>
  new Promise((resolve) => {
    request({ host: "localhost", port, path, ca, agent: false }, (response) => {
      response.resume().once("close", () => resolve(response.statusCode ?? 0));
    })
      .on("error", ({ message }) => resolve(message))
      .end();
  });
