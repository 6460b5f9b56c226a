import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { main } from "../../examples/harbour/gate.ts";

const ok = '{ "200": { description: ok } }';
export const documentOf = (...paths: readonly string[]): string =>
  `openapi: 3.1.0
info: { title: Changing, version: "1" }
security: []
paths:
${paths.map((path) => `  /${path}: { get: { operationId: ${path}, responses: ${ok} } }`).join("\n")}
`;

/** A gate whose policy and documents a test changes. */
export interface ChangingGate {
  readonly process: ChildProcess;
  readonly directory: string;
  readonly port: number;
  readonly said: () => string;
  write(file: string, text: string): void;
  get(path: string): Promise<number>;
  admin(path: string): Promise<string>;
  metric(name: string): Promise<number>;
  /** What the store keeps of who did what, the newest first. */
  audit(): Promise<readonly { readonly action: string }[]>;
  /** Resolves when it has said this, and so often. */
  saying(text: string, times?: number): Promise<void>;
  close(): void;
}

export interface ChangingOptions {
  /** Further lines of the policy. */
  readonly more?: string;
  readonly threads?: number;
  /** Code that runs first in every thread, with `isMainThread`, `threadId` and `require`. */
  readonly preload?: string;
  readonly backend?: RequestListener;
}

const waitMs = 60_000;

/** Whatever is waited for comes, or the test fails with what was said so far. */
export async function until(is: () => Promise<boolean>, said: () => string): Promise<void> {
  const end = performance.now() + waitMs;
  while (!(await is())) {
    if (performance.now() > end) throw new Error(`it does not come to be:\n${said()}`);
    await sleep(20);
  }
}

/** The policy with `more` behind it. */
export const policyOf = (backend: number, threads: number, more: string): string =>
  `portcullis: 1
mode: { default: enforce, limit: off }
listen: { port: 0, threads: ${threads}, tls: off, drain: 5s }
admin: { port: 0 }
apis: [{ openapi: openapi.yaml, upstream: "http://127.0.0.1:${backend}" }]
${more}
`;

export async function startChangingGate(
  options: ChangingOptions = {},
): Promise<ChangingGate & { readonly policy: (more: string) => string }> {
  const { backend, more = "", preload, threads = 2 } = options;
  const server = createServer(backend ?? ((_request, response) => void response.end("ok")));
  await once(server.listen(0, "127.0.0.1"), "listening");
  const directory = mkdtempSync(join(tmpdir(), "portcullis-changing-"));
  const write = (file: string, text: string): void => writeFileSync(join(directory, file), text);
  const policy = (lines: string): string =>
    policyOf((server.address() as AddressInfo).port, threads, lines);
  write("openapi.yaml", documentOf("first"));
  write("portcullis.yaml", policy(more));
  const child = spawn(
    process.execPath,
    [
      "--conditions=@portcullis/source",
      "--disable-warning=ExperimentalWarning",
      ...(preload === undefined ? [] : [preloaded(preload)]),
      main,
      "up",
      "--directory",
      "state",
    ],
    { cwd: directory, stdio: ["ignore", "ignore", "pipe"] },
  );
  const endWithUs = (): void => void child.kill("SIGKILL");
  process.once("exit", endWithUs);
  let text = "";
  child.stderr.setEncoding("utf8").on("data", (part: string) => (text += part));
  const said = (): string => text;
  await until(async () => text.includes("/healthz") || child.exitCode !== null, said);
  if (child.exitCode !== null) throw new Error(`the gate did not start:\n${text}`);
  const port = Number(/http:\/\/localhost:(\d+)/.exec(text)?.[1]);
  const adminPort = Number(/127\.0\.0\.1:(\d+) \(\/healthz/.exec(text)?.[1]);
  const admin = async (path: string): Promise<string> =>
    (await fetch(`http://127.0.0.1:${adminPort}${path}`)).text();
  return {
    process: child,
    directory,
    port,
    said,
    write,
    policy,
    admin,
    get: async (path) => (await fetch(`http://127.0.0.1:${port}${path}`)).status,
    async metric(name) {
      const line = (await admin("/metrics")).split("\n").find((one) => one.startsWith(`${name} `));
      return Number(line?.slice(name.length + 1));
    },
    async audit() {
      const token = readFileSync(join(directory, "state", "admin-token"), "utf8").trim();
      const answer = await fetch(`http://127.0.0.1:${adminPort}/audit`, {
        headers: { authorization: `Bearer ${token}` },
      });
      return (await answer.json()) as { action: string }[];
    },
    saying: (words, times = 1) => until(async () => text.split(words).length > times, said),
    close() {
      process.off("exit", endWithUs);
      child.kill("SIGKILL");
      server.closeAllConnections();
      server.close();
    },
  };
}

function preloaded(code: string): string {
  const all = `import { createRequire } from "node:module"; import { isMainThread, threadId, workerData } from "node:worker_threads"; const require = createRequire("file:///"); const isGate = workerData?.port !== undefined; ${code}`;
  return `--import=data:text/javascript;base64,${Buffer.from(all).toString("base64")}`;
}
