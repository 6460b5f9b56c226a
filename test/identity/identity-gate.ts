import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Agent, fetch as undiciFetch } from "undici";
import { startGate, type StartedGate } from "../../examples/harbour/gate.ts";
import { freePort } from "../parts/free-port.ts";
import { type SentMail, SentMails } from "./sent-mails.ts";

const openapi = {
  openapi: "3.1.0",
  info: { title: "Notes", version: "1" },
  components: { securitySchemes: { app: { type: "http", scheme: "bearer" } } },
  security: [{ app: [] }],
  paths: {
    "/notes": {
      get: { operationId: "listNotes", responses: { 200: { description: "ok" } } },
      post: {
        operationId: "addNote",
        requestBody: { content: { "application/json": { schema: { type: "object" } } } },
        responses: { 201: { description: "made" } },
      },
    },
    "/admin": { get: { operationId: "readAdmin", responses: { 200: { description: "ok" } } } },
    "/vault": { get: { operationId: "readVault", responses: { 200: { description: "ok" } } } },
  },
};

export { freePort };
export const password = "correct horse battery staple";

export interface IdentityGate {
  readonly origin: string;
  readonly audience: string;
  readonly directory: string;
  readonly gate: StartedGate;
  readonly port: number;
  /** Over TLS, trusting the gate's own authority; does not follow redirects. */
  readonly fetch: typeof fetch;
  /** A command of the program, on the same store. */
  command(verb: string, ...words: string[]): { status: number; out: string; error: string };
  addUser(email: string, ...flags: string[]): string;
  /**
   * The next mail of a kind to somebody that this has not given before. It waits for it: an answer
   * does not wait for its mail.
   *
   * @throws Error when none comes within ten seconds
   */
  mail(to: string, purpose: string, event?: string): Promise<SentMail>;
  /** All mail of what was answered before: for a test that some was not sent. */
  allMails(): Promise<readonly SentMail[]>;
  restart(signal?: NodeJS.Signals): Promise<void>;
  rewrite(change: (policy: string) => string): void;
  close(): void;
}

export interface IdentityGateOptions {
  readonly change?: (policy: string) => string;
  readonly environment?: NodeJS.ProcessEnv;
  readonly threads?: number;
}

export async function startIdentityGate({
  change = (text) => text,
  environment = {},
  threads = 1,
}: IdentityGateOptions = {}): Promise<IdentityGate> {
  const directory = mkdtempSync(join(tmpdir(), "portcullis-identity-"));
  const backend: Server = createServer((request, response) => {
    request.resume();
    response
      .writeHead(request.method === "POST" ? 201 : 200, { "Content-Type": "application/json" })
      .end(JSON.stringify({ identity: request.headers["portcullis-identity"] ?? null }));
  });
  await new Promise<void>((resolve) => backend.listen(0, "127.0.0.1", resolve));
  const port = await freePort();
  const origin = `https://localhost:${port}`;
  writeFileSync(join(directory, "openapi.json"), JSON.stringify(openapi));
  const policyFile = join(directory, "portcullis.yaml");
  const policy = `
portcullis: 1
mode: enforce
publicUrl: ${origin}
store: ./state/portcullis.db
limits: { admission: off }
apis: [{ openapi: ./openapi.json, upstream: http://127.0.0.1:${(backend.address() as AddressInfo).port} }]
identity:
  issuer: builtin
  audience: https://notes.example
  accessToken: { ttl: 10m, binding: optional }
  signIn: { title: Notes, signUp: open, roles: [member] }
roles: { member: [notes:read, notes:write], admin: [notes:read, notes:write, admin:read] }
apps:
  - { id: notes-app, redirectUris: ["com.notes.app:/signed-in", "https://notes.example/signed-in", "http://127.0.0.1/signed-in"] }
operations:
  - { match: readAdmin, allow: { roles: [admin] } }
  - { match: readVault, stepUp: { acr: mfa, within: 5m } }
`;
  writeFileSync(policyFile, change(policy));
  const start = (): Promise<StartedGate> =>
    startGate(
      [
        "--config",
        policyFile,
        "--port",
        String(port),
        "--admin-port",
        "0",
        "--threads",
        String(threads),
      ],
      join(directory, "state"),
      { ...process.env, ...environment },
    );
  let gate = await start().catch((fault: unknown) => {
    // A test file that could not begin must end.
    backend.close();
    throw fault;
  });
  const agent = new Agent({ connect: { ca: gate.ca }, connections: 32 });
  const main = join(import.meta.dirname, "..", "..", "packages", "server", "src", "cli", "main.ts");
  const command: IdentityGate["command"] = (verb, ...words) => {
    const { status, stderr, stdout } = spawnSync(
      process.execPath,
      [
        "--conditions=@portcullis/source",
        "--disable-warning=ExperimentalWarning",
        main,
        verb,
        "--config",
        policyFile,
        "--directory",
        join(directory, "state"),
        ...words,
      ],
      { encoding: "utf8", input: password, env: { ...process.env, ...environment } },
    );
    return { status: status ?? -1, out: stdout.trim(), error: stderr.trim() };
  };
  const sent = new SentMails(join(directory, "state", "outbox.jsonl"));
  return {
    origin,
    audience: "https://notes.example",
    directory,
    port,
    get gate() {
      return gate;
    },
    fetch: ((input: Parameters<typeof undiciFetch>[0], init?: Parameters<typeof undiciFetch>[1]) =>
      undiciFetch(input, {
        redirect: "manual",
        ...init,
        dispatcher: agent,
      })) as unknown as typeof fetch,
    command,
    addUser(email, ...flags) {
      const { error, out, status } = command(
        "users",
        "add",
        email,
        "--password-stdin",
        "--verified",
        "--json",
        ...flags,
      );
      if (status !== 0) throw new Error(error);
      return (JSON.parse(out) as { id: string }).id;
    },
    mail: (to, purpose, event) => sent.next(to, purpose, event),
    async allMails() {
      // An answer of the control thread comes after everything that it had put off before.
      const health = await fetch(`http://127.0.0.1:${gate.adminPort}/healthz`);
      await health.text();
      return sent.all();
    },
    async restart(signal = "SIGKILL") {
      if (gate.process.exitCode === null && gate.process.signalCode === null) {
        const ended = new Promise((resolve) => gate.process.once("exit", resolve));
        gate.process.kill(signal);
        await ended;
      }
      gate = await start();
    },
    rewrite: (again) => writeFileSync(policyFile, again(readFileSync(policyFile, "utf8"))),
    close() {
      gate.process.kill("SIGKILL");
      backend.closeAllConnections();
      backend.close();
      void agent.destroy();
    },
  };
}
