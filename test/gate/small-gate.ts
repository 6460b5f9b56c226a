import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { request } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type StartedGate, startGate } from "../../examples/harbour/gate.ts";

export interface Got {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: string;
}

/** What reached the backend. */
export interface Seen {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: string;
}

/** A gate that was started with a document alone, enforcing, with two threads. */
export interface SmallGate {
  readonly gate: StartedGate;
  /** Its folder of keys and tokens. */
  readonly state: string;
  readonly seen: readonly Seen[];
  send(
    path: string,
    options?: {
      readonly method?: string;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    },
  ): Promise<Got>;
  close(): void;
}

const ok = '{ "200": { description: ok } }';
const anyText = "{ type: string }";
/** An operation for anybody, one that needs a token, and one without a rule. */
export const smallDocument = `openapi: 3.0.3
info: { title: Bank, version: v1 }
servers: [{ url: "https://api.example/v1" }]
components: { securitySchemes: { token: { type: http, scheme: bearer } } }
paths:
  /rates:
    get:
      operationId: getRates
      security: []
      parameters: [{ name: of, in: query, schema: ${anyText} }]
      responses: ${ok}
  /echo:
    post:
      operationId: echo
      security: []
      requestBody: { content: { "*/*": {} } }
      responses: ${ok}
  /accounts/{id}:
    get:
      operationId: getAccount
      security: [{ token: [] }]
      parameters: [{ name: id, in: path, required: true, schema: ${anyText} }]
      responses: ${ok}
  /forgotten: { get: { operationId: forgotten, responses: ${ok} } }
`;

export async function startSmallGate(): Promise<SmallGate> {
  const directory = mkdtempSync(join(tmpdir(), "portcullis-up-"));
  const document = join(directory, "openapi.yaml");
  writeFileSync(document, smallDocument);
  const seen: Seen[] = [];
  const backend = createServer((incoming, response) => {
    let body = "";
    incoming
      .setEncoding("latin1")
      .on("data", (part: string) => (body += part))
      .on("end", () => {
        seen.push({ method: incoming.method, url: incoming.url, headers: incoming.headers, body });
        response
          .writeHead(200, { "Content-Type": "application/json", Server: "secret/1.0" })
          .end(JSON.stringify({ bytes: body.length }));
      });
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => backend.once("listening", resolve));
  const upstream = `http://127.0.0.1:${(backend.address() as AddressInfo).port}`;
  const state = join(directory, "state");
  const gate = await startGate(
    [
      "--openapi",
      document,
      "--upstream",
      upstream,
      ..."--mode enforce --port 0 --admin-port 0 --threads 2".split(" "),
    ],
    state,
  );
  return {
    gate,
    state,
    seen,
    send: (path, { body, headers = {}, method = "GET" } = {}) =>
      new Promise((resolve, reject) => {
        request(
          { host: "127.0.0.1", port: gate.port, path, ca: gate.ca, method, headers },
          (response) => {
            let text = "";
            response
              .setEncoding("utf8")
              .on("data", (part: string) => (text += part))
              .on("end", () =>
                resolve({
                  status: response.statusCode ?? 0,
                  headers: response.headers,
                  body: text,
                }),
              );
          },
        )
          .on("error", reject)
          .end(body);
      }),
    close() {
      gate.process.kill("SIGKILL");
      backend.closeAllConnections();
      backend.close();
    },
  };
}

export const codeOf = (got: Got): string => (JSON.parse(got.body) as { code: string }).code;
