import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { test } from "../parts/test.ts";

const root = join(import.meta.dirname, "..", "..");
const directory = mkdtempSync(join(tmpdir(), "portcullis-runner-"));

interface Run {
  readonly process: ChildProcess;
  /** Its temporary folder, which holds nothing else. */
  readonly folder: string;
  readonly ended: Promise<{ status: number | null; said: string }>;
}

let made = 0;

/** Runs one file of tests as `npm test -- <file>` does. */
function run(body: string, environment: NodeJS.ProcessEnv = {}): Run {
  const folder = join(directory, String((made += 1)));
  mkdirSync(folder);
  const file = join(folder, "one.test.ts");
  const wrapper = JSON.stringify(join(root, "test", "parts", "test.ts"));
  writeFileSync(file, `import { test } from ${wrapper};\n${body}`);
  const env: NodeJS.ProcessEnv = { ...process.env, CI: "", TMPDIR: folder, ...environment };
  // Node's runner does nothing where it sees that another one has started it.
  delete env["NODE_TEST_CONTEXT"];
  const child = spawn(process.execPath, [join(root, "tools", "run-tests.ts"), file], {
    cwd: root,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (part: string) => (said += part));
  const ended = once(child, "close").then(([status]) => ({
    status: status as number | null,
    said,
  }));
  return { process: child, folder, ended };
}

const needsTwo = 'test("one that asks", { needs: ["redis", "postgres"] }, () => {});';
const withoutTwo = { PORTCULLIS_TEST_WITHOUT: "redis,postgres" };

test("a test whose parts cannot be had is skipped by name with the reason, and counted at the end", async () => {
  const { said, status } = await run(`${needsTwo}\ntest("another", () => {});`, withoutTwo).ended;
  assert.equal(status, 0, said);
  assert.match(said, /﹣ one that asks .*# Redis is left out .*apt-get install redis-server/);
  assert.match(said, /✔ another/);
  assert.match(said, /^skipped 1 test: Redis is left out .*; PostgreSQL is left out /m);
});

test("where CI=true, a test whose parts cannot be had fails, and says what to install", async () => {
  const { said, status } = await run(needsTwo, { ...withoutTwo, CI: "true" }).ended;
  assert.equal(status, 1, said);
  assert.match(said, /✖ one that asks/);
  assert.match(said, /PostgreSQL is left out .*apt-get install postgresql/);
});

test("a run with a failing test fails, and one of a path without tests says so", async () => {
  assert.equal((await run('test("one", () => { throw new Error("no") });').ended).status, 1);
  const absent = spawn(process.execPath, [join(root, "tools", "run-tests.ts"), "docs"], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  absent.stderr.setEncoding("utf8").on("data", (part: string) => (said += part));
  assert.deepEqual(await once(absent, "close"), [2, null]);
  assert.match(said, /there is no file of tests at 'docs'/);
});

test("a file that never ends is ended by force, and the run fails and names it", async () => {
  const { said, status } = await run('test("loops", () => { for (;;); });', {
    PORTCULLIS_TEST_FILE_TIMEOUT_MS: "1500",
  }).ended;
  assert.equal(status, 1, said);
  assert.match(said, /one\.test\.ts was ended by force/);
});

test("a run starts a server once, on a port of its own, and ends it", {
  needs: ["redis"],
}, async () => {
  const says = 'test("says", { needs: ["redis"] }, ({ redis }) => console.log(redis));';
  const { said, status } = await run(`${says}\n${says}`, { PORTCULLIS_TEST_REDIS: undefined })
    .ended;
  assert.equal(status, 0, said);
  const ports = [...said.matchAll(/^redis:\/\/:.*@127\.0\.0\.1:(\d+)$/gm)].map(([, port]) => port);
  assert.equal(ports.length, 2, said);
  assert.equal(ports[0], ports[1]);
  const [fault] = (await once(connect(Number(ports[0]), "127.0.0.1"), "error")) as [Error];
  assert.match(fault.message, /ECONNREFUSED/);
});

/** A process of a test that holds a connection to this file as long as it lives. */
const holds = (port: number): string => `
import { spawn } from "node:child_process";
test("waits", () => {
  const code = 'require("node:net").connect(${port}, "127.0.0.1")';
  spawn(process.execPath, ["-e", code], { detached: process.platform === "linux", stdio: "ignore" });
  return new Promise(() => setInterval(() => undefined, 1000));
});`;

for (const signal of ["SIGINT", "SIGTERM", "SIGKILL"] as const)
  test(`a run that is ended by ${signal} leaves no process and no file`, async (_, context) => {
    const listener = createServer().listen(0, "127.0.0.1");
    context.after(() => listener.close());
    await once(listener, "listening");
    const { ended, folder, process: front } = run(holds((listener.address() as AddressInfo).port));
    const [held] = (await once(listener, "connection")) as [Socket];
    const gone = once(held.on("error", () => undefined).resume(), "close");
    front.kill(signal);
    await ended;
    await gone;
    const left = (): string[] => readdirSync(folder).filter((name) => name !== "one.test.ts");
    for (let tries = 0; tries < 100 && left().length > 0; tries += 1) await sleep(50);
    assert.deepEqual(left(), []);
  });
