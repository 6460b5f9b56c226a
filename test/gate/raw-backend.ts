import { mkdtempSync, writeFileSync } from "node:fs";
import { type ClientHttp2Session, connect } from "node:http2";
import { Agent, request } from "node:https";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type StartedGate, startGate } from "../../examples/harbour/gate.ts";

/** What a caller got: a whole answer, or why there is none. */
export interface Got {
  readonly status: number;
  /** By name in lower case; several lines of one name as they came. */
  readonly fields: readonly (readonly [string, string])[];
  readonly body: Buffer;
  readonly trailers: Readonly<Record<string, unknown>>;
  /** Why the answer did not come to its end; undefined where it did. */
  readonly broken: string | undefined;
}

export interface AskedAs {
  readonly protocol: "HTTP/1.1" | "HTTP/2";
  readonly method?: "GET" | "HEAD";
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * A gate of one thread, as it is shipped, before a backend that answers in whatever bytes a test
 * says. One HTTP/2 connection stands for as long as the gate: it ends with its thread.
 */
export interface RawBackend {
  readonly gate: StartedGate;
  readonly session: ClientHttp2Session;
  /** Where the backend is, as the gate knows it. */
  readonly address: string;
  /** @param bytes the backend's answer, from its status line on; then it closes the connection */
  ask(bytes: string | Buffer, as: AskedAs, path?: string): Promise<Got>;
  close(): void;
}

const anyThing = "application/json: { schema: { $ref: '#/components/schemas/Thing' } }";
const documentOf = (version: string): string => `openapi: 3.1.0
info: { title: Raw, version: ${version} }
security: []
paths:
  /raw/{case}:
    parameters: [{ name: case, in: path, required: true, schema: { type: string } }]
    get:
      operationId: raw${version}
      responses: { "200": { description: ok, content: { ${anyThing} } } }
  /film/{case}:
    parameters: [{ name: case, in: path, required: true, schema: { type: string } }]
    get: { operationId: film${version}, responses: { "200": { description: ok, content: { video/mp4: {} } } } }
components:
  schemas:
    Thing: { type: object, properties: { ok: { type: boolean }, pad: { type: string } } }
`;

/** @param more what the policy says beside the APIs */
export async function startRawBackend(more: string): Promise<RawBackend> {
  const cases = new Map<string, string | Buffer>();
  const open = new Set<Socket>();
  const backend = createServer((socket) => {
    open.add(socket);
    let head = "";
    socket
      .on("error", () => socket.destroy())
      .on("close", () => open.delete(socket))
      .on("data", (part) => {
        head += part.toString("latin1");
        if (!head.includes("\r\n\r\n")) return;
        const name = /^\w+ \/\w+\/([^ ?]+)/.exec(head)?.[1] ?? "";
        head = "";
        socket.end(cases.get(name) ?? "");
      });
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => backend.once("listening", resolve));
  const address = `http://127.0.0.1:${(backend.address() as AddressInfo).port}`;
  const directory = mkdtempSync(join(tmpdir(), "portcullis-raw-"));
  const apis = ["v1", "v2"].map((version) => {
    writeFileSync(join(directory, `${version}.yaml`), documentOf(version));
    return `{ openapi: ${version}.yaml, upstream: "${address}", version: ${version} }`;
  });
  writeFileSync(
    join(directory, "portcullis.yaml"),
    `portcullis: 1\napis: [${apis.join(", ")}]\nversioning: { from: accept, default: v1 }\nlisten: { port: 0, threads: 1 }\nadmin: { port: 0 }\n${more}`,
  );
  const gate = await startGate(
    ["--config", join(directory, "portcullis.yaml")],
    join(directory, "state"),
  );
  const session = connect(`https://localhost:${gate.port}`, { ca: gate.ca });
  session.on("error", () => session.destroy());
  const agent = new Agent({ keepAlive: true, maxSockets: 16, ca: gate.ca });
  let asked = 0;
  return {
    gate,
    session,
    address,
    async ask(bytes, { headers = {}, method = "GET", protocol }, path = "/raw") {
      asked += 1;
      const name = String(asked);
      cases.set(name, bytes);
      const target = `${path}/${name}`;
      const got = await (protocol === "HTTP/2"
        ? overHttp2(session, method, target, headers)
        : overHttp1(agent, gate.port, method, target, headers));
      cases.delete(name);
      return got;
    },
    close() {
      session.destroy();
      agent.destroy();
      gate.process.kill("SIGKILL");
      for (const socket of open) socket.destroy();
      backend.close();
    },
  };
}

function overHttp2(
  session: ClientHttp2Session,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
): Promise<Got> {
  return new Promise((resolve) => {
    const stream = session.request({ ":method": method, ":path": path, ...headers });
    const fields: [string, string][] = [];
    const parts: Buffer[] = [];
    let status = 0;
    let broken: string | undefined;
    let trailers: Got["trailers"] = {};
    stream
      .on("trailers", (got) => (trailers = Object.fromEntries(Object.entries(got))))
      .on("response", (got) => {
        status = Number(got[":status"]);
        for (const [name, value] of Object.entries(got))
          for (const one of [value].flat())
            if (!name.startsWith(":") && one !== undefined) fields.push([name, one]);
      })
      .on("data", (part: Buffer) => parts.push(part))
      .on("error", (fault: NodeJS.ErrnoException) => (broken = fault.message))
      .on("close", () => resolve({ status, fields, body: Buffer.concat(parts), trailers, broken }))
      .end();
  });
}

function overHttp1(
  agent: Agent,
  port: number,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
): Promise<Got> {
  return new Promise((resolve) => {
    const fail = (fault: Error): void =>
      resolve({
        status: 0,
        fields: [],
        body: Buffer.alloc(0),
        trailers: {},
        broken: fault.message,
      });
    request({ host: "localhost", port, method, path, headers, agent }, (response) => {
      const { rawHeaders, statusCode: status = 0 } = response;
      const fields = rawHeaders.flatMap((name, index): [string, string][] =>
        index % 2 === 0 ? [[name.toLowerCase(), rawHeaders[index + 1] as string]] : [],
      );
      const parts: Buffer[] = [];
      const done = (broken: string | undefined): void =>
        resolve({
          status,
          fields,
          body: Buffer.concat(parts),
          trailers: { ...response.trailers },
          broken,
        });
      response
        .on("data", (part: Buffer) => parts.push(part))
        .on("end", () => done(undefined))
        .on("error", (fault) => done(fault.message));
    })
      .on("error", fail)
      .end();
  });
}

export const fieldsOf = ({ fields }: Got, name: string): readonly string[] =>
  fields.flatMap(([one, value]) => (one === name ? [value] : []));
