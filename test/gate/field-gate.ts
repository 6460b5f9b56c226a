import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeWorkload } from "../../bench/workload.ts";
import { type StartedGate, startGate } from "../../examples/harbour/gate.ts";

/** What came back, as far as these tests look. */
export interface RawAnswer {
  readonly status: number;
  readonly code: string | undefined;
  /** Names in lower case. */
  readonly fields: ReadonlyMap<string, string>;
}

/** Flat: name, value, as they stood on the wire. */
export type RawFields = readonly string[];

/** A gate in the clear, between a client and a backend that speak bytes. */
export interface FieldGate {
  readonly gate: StartedGate;
  readonly policyFile: string;
  /** Whose token it is. */
  readonly subject: string;
  readonly token: string;
  /** Sends a GET with these fields beside Host; names are written as they are given. */
  get(path: string, fields?: RawFields): Promise<RawAnswer>;
  /** Sends bytes as they are, and gives what comes back until the connection ends. */
  send(bytes: string | readonly Buffer[]): Promise<RawAnswer>;
  /** The fields of the requests that reached the backend since the last time it was asked. */
  received(): RawFields[];
  metrics(): Promise<string>;
  close(): void;
}

const text = "{ type: string }";
const ok = '{ "200": { description: ok } }';
const owned = "security: [{ token: [] }]";

/** Operations that read nothing of the fields, a declared one, one with an underscore, an owner. */
export const fieldDocument = `openapi: 3.1.0
info: { title: Fields, version: v1 }
components: { securitySchemes: { token: { type: http, scheme: bearer } } }
paths:
  /plain: { get: { operationId: plain, security: [], responses: ${ok} } }
  /declared:
    get:
      operationId: declared
      security: []
      parameters: [{ name: X-Account-Id, in: header, schema: ${text} }]
      responses: ${ok}
  /underscored:
    get:
      operationId: underscored
      security: []
      parameters: [{ name: X_Account_Id, in: header, schema: ${text} }]
      responses: ${ok}
  /owned:
    get:
      operationId: owned
      ${owned}
      parameters: [{ name: X-Account-Id, in: header, required: true, schema: ${text} }]
      responses: ${ok}
  /limited: { get: { operationId: limited, security: [], responses: ${ok} } }
  /post: { post: { operationId: post, security: [], requestBody: { content: { "*/*": {} } }, responses: ${ok} } }
`;

/** @param policy more keys; a `listen` of its own stands for this one's */
export async function startFieldGate(policy = "", backendPort?: number): Promise<FieldGate> {
  const directory = mkdtempSync(join(tmpdir(), "portcullis-fields-"));
  const backend = await rawBackend();
  const workload = await makeWorkload(1);
  const [{ subject, token } = { subject: "", token: "" }] = workload.tokens;
  writeFileSync(join(directory, "openapi.yaml"), fieldDocument);
  writeFileSync(
    join(directory, "portcullis.yaml"),
    [
      "portcullis: 1",
      ...(/^mode:/m.test(policy) ? [] : ["mode: enforce"]),
      ...(/^listen:/m.test(policy) ? [] : [listening()]),
      "admin: { port: 0 }",
      `apis: [{ openapi: openapi.yaml, upstream: "http://127.0.0.1:${backendPort ?? backend.port}" }]`,
      `identity: { issuer: "${workload.issuer}", audience: ["${workload.audience}"] }`,
      "operations:",
      "  - { match: owned, owner: { param: X-Account-Id, is: token.sub } }",
      "  - { match: limited, limits: [{ rate: 3/min, per: address }] }",
      policy,
    ].join("\n"),
  );
  const state = join(directory, "state");
  mkdirSync(state);
  // startGate reads the local authority's file, which a gate in the clear does not make.
  writeFileSync(join(state, "local-ca.crt"), "");
  const gate = await startGate(["--config", join(directory, "portcullis.yaml")], state);
  const send: FieldGate["send"] = (bytes) => exchange(gate.port, bytes);
  return {
    gate,
    policyFile: join(directory, "portcullis.yaml"),
    subject,
    token,
    send,
    get: (path, fields = []) => send(headOf(`GET ${path}`, fields)),
    received: () => backend.take(),
    metrics: async () => (await fetch(`http://127.0.0.1:${gate.adminPort}/metrics`)).text(),
    close() {
      gate.process.kill("SIGKILL");
      workload.close();
      backend.close();
    },
  };
}

export const listening = (more = ""): string =>
  `listen: { host: 127.0.0.1, port: 0, threads: 1, tls: off${more} }`;

/** The head of a request that ends the connection, unless the fields speak of it. */
export function headOf(start: string, fields: RawFields): string {
  const lines: string[] = [];
  for (let index = 0; index < fields.length; index += 2)
    lines.push(`${fields[index]}: ${fields[index + 1]}\r\n`);
  const speaks = fields.some((name, index) => index % 2 === 0 && /^connection$/i.test(name));
  return `${start} HTTP/1.1\r\nHost: localhost\r\n${lines.join("")}${speaks ? "" : "Connection: close\r\n"}\r\n`;
}

function exchange(port: number, bytes: string | readonly Buffer[]): Promise<RawAnswer> {
  return new Promise((resolve) => {
    let answer = "";
    const end = (): void => resolve(readAnswer(answer));
    const socket = connect({ host: "127.0.0.1", port }, () => void write(socket, bytes));
    socket.setTimeout(8000, () => socket.destroy());
    socket
      .setEncoding("latin1")
      .on("data", (part: string) => {
        answer += part;
        // A connection that is kept has said all when the body is whole.
        if (isWhole(answer)) socket.end();
      })
      .on("error", end)
      .on("close", end);
  });
}

async function write(socket: Socket, bytes: string | readonly Buffer[]): Promise<void> {
  if (typeof bytes === "string") {
    socket.write(Buffer.from(bytes, "latin1"));
    return;
  }
  socket.setNoDelay(true);
  for (const part of bytes) {
    socket.write(part);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const isWhole = (answer: string): boolean => {
  const end = answer.indexOf("\r\n\r\n");
  const length = /^content-length: (\d+)/im.exec(answer)?.[1];
  return end !== -1 && length !== undefined && answer.length - end - 4 >= Number(length);
};

function readAnswer(answer: string): RawAnswer {
  const [head = "", ...body] = answer.split("\r\n\r\n");
  const fields = new Map(
    head
      .split("\r\n")
      .slice(1)
      .map((line): [string, string] => {
        const colon = line.indexOf(":");
        return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
      }),
  );
  return {
    status: Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0),
    code: /"code":"([a-z-]+)"/.exec(body.join(""))?.[1],
    fields,
  };
}

interface RawBackend {
  readonly port: number;
  take(): RawFields[];
  close(): void;
}

/** Keeps the fields of every request as they stood on the wire. */
async function rawBackend(): Promise<RawBackend> {
  const seen: RawFields[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    let waiting = "";
    socket
      .setEncoding("latin1")
      .on("data", (part: string) => {
        waiting += part;
        for (let end = waiting.indexOf("\r\n\r\n"); end !== -1; end = waiting.indexOf("\r\n\r\n")) {
          seen.push(fieldsOf(waiting.slice(0, end)));
          waiting = waiting.slice(end + 4);
          socket.write(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}",
          );
        }
      })
      .on("error", () => socket.destroy())
      .on("close", () => sockets.delete(socket));
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    take: () => seen.splice(0),
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

const fieldsOf = (head: string): RawFields =>
  head
    .split("\r\n")
    .slice(1)
    .flatMap((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon), line.slice(colon + 1).trim()];
    });

/** Names of fields, in lower case, with every separator as `-`. */
export const foldedNames = (fields: RawFields): string[] =>
  fields
    .filter((_, index) => index % 2 === 0)
    .map((name) => name.toLowerCase().replace(/[^a-z0-9]/g, "-"));

/** Values of the fields that fold to this name. */
export const valuesOf = (fields: RawFields, fold: string): string[] => {
  const names = foldedNames(fields);
  return names.flatMap((name, index) => (name === fold ? [fields[index * 2 + 1] as string] : []));
};
