import { createHmac } from "node:crypto";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type StartedGate, startGate } from "../../examples/harbour/gate.ts";

/** A backend with sessions, opaque tokens and passwords of its own, as such backends are. */
export interface Bank {
  gate: StartedGate;
  readonly directory: string;
  /** Requests that reached it: method, address, fields. */
  readonly seen: { readonly at: string; readonly headers: NodeJS.Dict<string | string[]> }[];
  /** Who is signed in, by session or token. */
  readonly sessions: Map<string, { readonly id: number | string; readonly roles: string[] }>;
  /** What `GET /me` answers in place of who calls. */
  readonly me: { answer: ((request: IncomingMessage) => Odd | undefined) | undefined };
  /** What `POST /login` and `POST /logout` answer in place of what they did. */
  readonly login: {
    answer: ((request: IncomingMessage, body: string) => Odd | undefined) | undefined;
  };
  /** The same policy and the same backend, with another process of the gate. */
  again(environment?: Readonly<Record<string, string>>): Promise<void>;
  /** The gate's records, as text. */
  records(): Promise<string>;
  /** What the admin API answers. */
  admin(path: string): Promise<string>;
  ask(
    path: string,
    headers?: Record<string, string>,
    method?: string,
    body?: string,
    /** The certificate of the connection and its key. */
    shown?: { readonly cert: string; readonly key: string },
  ): Promise<Answered>;
  close(): void;
}
export interface Odd {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer;
  readonly never?: true;
  /** The connection ends in the middle of the body. */
  readonly broken?: true;
}
export interface Answered {
  readonly status: number;
  readonly code: string | undefined;
  /** The fields and the body, as they came. */
  readonly text: string;
  /** What the backend was told of the caller. */
  readonly told: Readonly<Record<string, unknown>> | undefined;
}

export const secret = "a-secret-of-thirty-two-bytes-long";
const any =
  "{ content: { application/json: { schema: { type: object, additionalProperties: true } } } }";
const anyOrText = `${any.slice(0, -3)}, text/plain: {} } }`;
const ok = '{ "200": { description: ok } }';
const document = `openapi: 3.0.3
info: { title: Bank, version: v1 }
components:
  securitySchemes:
    token: { type: http, scheme: bearer }
    key: { type: apiKey, in: query, name: api_key }
security: [{ token: [] }, { key: [] }]
paths:
  /things: { get: { operationId: listThings, responses: ${ok} }, post: { operationId: addThing, responses: ${ok} } }
  /notes: { post: { operationId: addNote, requestBody: ${anyOrText}, responses: ${ok} } }
  /rates: { get: { operationId: getRates, security: [], responses: ${ok} } }
  /me: { get: { operationId: getMe, responses: ${ok} } }
  /login: { post: { operationId: login, security: [], requestBody: ${any}, responses: ${ok} } }
  /logout: { post: { operationId: logout, responses: ${ok} } }
`;

export const part = (value: unknown): string =>
  Buffer.from(JSON.stringify(value)).toString("base64url");
export function signed(claims: object, by = secret, alg = "HS256"): string {
  const text = `${part({ alg, typ: "JWT" })}.${part(claims)}`;
  return `${text}.${createHmac("sha256", by).update(text).digest("base64url")}`;
}

/** @param sources the policy's `identity.sources` @param more other keys of the policy */
export async function startBank(
  sources: string,
  files: Readonly<Record<string, string>> = {},
  more = "",
): Promise<Bank> {
  const directory = mkdtempSync(join(tmpdir(), "portcullis-sources-"));
  writeFileSync(join(directory, "openapi.yaml"), document);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
  const seen: { at: string; headers: NodeJS.Dict<string | string[]> }[] = [];
  const sessions: Bank["sessions"] = new Map();
  const me: Bank["me"] = { answer: undefined };
  const login: Bank["login"] = { answer: undefined };
  const credentialOf = ({ headers }: IncomingMessage): string =>
    /(?:^|; )sid=([^;]*)/.exec(headers.cookie ?? "")?.[1] ??
    String(headers["x-auth-token"] ?? headers.authorization ?? "");
  const backend = createServer((request, response) => {
    seen.push({ at: `${request.method} ${request.url}`, headers: request.headers });
    const caller = sessions.get(credentialOf(request));
    if (request.url === "/me") {
      const odd = me.answer?.(request);
      if (odd?.never === true) return;
      const status = odd?.status ?? (caller === undefined ? 401 : 200);
      response.writeHead(status, { "Content-Type": "application/json", ...odd?.headers });
      response.end(odd?.body ?? JSON.stringify(caller ?? { error: "nobody" }));
      return;
    }
    if (login.answer !== undefined && request.method === "POST") {
      let sent = "";
      request
        .on("data", (chunk: Buffer) => (sent += chunk.toString()))
        .on("end", () => answerOdd(response, login.answer?.(request, sent)));
      return;
    }
    if (request.url === "/login")
      sessions.set(credentialOf(request), { id: Number(request.headers["x-login-as"]), roles: [] });
    if (request.url === "/logout") sessions.delete(credentialOf(request));
    response.writeHead(200, { "Content-Type": "application/json" });
    response.end(JSON.stringify({ told: request.headers["portcullis-identity"] ?? null }));
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => backend.once("listening", resolve));
  const upstream = `http://127.0.0.1:${(backend.address() as AddressInfo).port}`;
  const file = join(directory, "portcullis.yaml");
  writeFileSync(
    file,
    `portcullis: 1
mode: enforce
${more.includes("record:") ? "" : "record: { fields: [subject], plain: { fields: [subject], because: the tests ask by name } }"}
apis: [{ openapi: openapi.yaml, upstream: "${upstream}" }]
limits: { admission: off }
${more}
identity:
  sources:
${sources.replaceAll(/^/gm, "    ")}
`,
  );
  const start = (environment: Readonly<Record<string, string>> = {}): Promise<StartedGate> =>
    startGate(
      ["--config", file, "--port", "0", "--admin-port", "0", "--threads", "2"],
      join(directory, "state"),
      { ...process.env, JWT_SECRET: secret, ...environment },
    );
  const { request } = await import("node:https");
  const bank: Bank = {
    gate: await start(),
    directory,
    seen,
    sessions,
    me,
    login,
    async again(environment) {
      const ended = once(bank.gate.process, "exit");
      bank.gate.process.kill("SIGINT");
      await ended;
      bank.gate = await start(environment);
    },
    records: () => bank.admin("/records"),
    admin: async (path) => {
      const answer = await fetch(`http://127.0.0.1:${bank.gate.adminPort}${path}`, {
        headers: {
          Authorization: `Bearer ${readFileSync(bank.gate.adminTokenFile, "utf8").trim()}`,
        },
      });
      return answer.text();
    },
    ask: (path, headers = {}, method = "GET", sent = "", shown) =>
      new Promise((resolve, reject) => {
        request(
          {
            host: "127.0.0.1",
            port: bank.gate.port,
            path,
            ca: bank.gate.ca,
            ...shown,
            method,
            headers,
            agent: false,
          },
          (response) => {
            let body = "";
            response
              .on("data", (chunk: Buffer) => (body += chunk.toString()))
              .on("end", () => resolve(answered(response, body)));
          },
        )
          .on("error", reject)
          .end(sent);
      }),
    close() {
      bank.gate.process.kill("SIGKILL");
      backend.closeAllConnections();
      backend.close();
    },
  };
  return bank;
}

function answerOdd(response: ServerResponse, odd: Odd = { status: 200 }): void {
  const { body = "{}", broken, headers, status } = odd;
  const length = broken === true ? { "Content-Length": String(body.length + 9) } : {};
  response.writeHead(status, { "Content-Type": "application/json", ...length, ...headers });
  if (broken !== true) response.end(body);
  else response.write(body, () => response.destroy());
}

function answered({ rawHeaders, statusCode = 0 }: IncomingMessage, body: string): Answered {
  const { code, told } = read(body) as { code?: string; told?: string | null };
  const payload = typeof told === "string" ? told.split(".")[1] : undefined;
  return {
    status: statusCode,
    code,
    text: `${rawHeaders.join("\n")}\n\n${body}`,
    told:
      payload === undefined
        ? undefined
        : (JSON.parse(Buffer.from(payload, "base64url").toString()) as Record<string, unknown>),
  };
}

/** What a test has the backend answer need not be JSON. */
function read(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return {};
  }
}
