import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, test } from "node:test";
import { main } from "../../examples/harbour/gate.ts";
import { freePort } from "../parts/free-port.ts";
import { documentOf, until } from "./changing-gate.ts";

const running: ChildProcess[] = [];
afterEach(() => {
  for (const child of running.splice(0)) child.kill("SIGKILL");
});

interface Started {
  readonly process: ChildProcess;
  readonly said: () => string;
  /** Whether it serves, or has ended. */
  readonly outcome: Promise<"serves" | "ended">;
}

interface Ports {
  readonly port: number;
  readonly adminPort?: number;
  readonly host?: string;
  /** Further keys of `listen`. */
  readonly listen?: string;
}

function start({ adminPort = 0, host = "127.0.0.1", listen = "tls: off", port }: Ports): Started {
  const directory = mkdtempSync(join(tmpdir(), "portcullis-ports-"));
  writeFileSync(join(directory, "openapi.yaml"), documentOf("first"));
  writeFileSync(
    join(directory, "portcullis.yaml"),
    `portcullis: 1
listen: { host: "${host}", port: ${port}, threads: 1, lameDuck: 0s, ${listen} }
admin: { port: ${adminPort} }
apis: [{ openapi: openapi.yaml, upstream: "http://127.0.0.1:9" }]
`,
  );
  const child = spawn(
    process.execPath,
    [
      "--conditions=@portcullis/source",
      "--disable-warning=ExperimentalWarning",
      main,
      "up",
      "--directory",
      "state",
    ],
    { cwd: directory, stdio: ["ignore", "ignore", "pipe"] },
  );
  running.push(child);
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (part: string) => (said += part));
  const outcome = until(
    async () => said.includes("/healthz") || child.exitCode !== null,
    () => said,
  ).then(() => (child.exitCode === null ? "serves" : "ended"));
  return { process: child, said: () => said, outcome };
}

async function refusedBeside(first: Started, second: Ports, says: RegExp): Promise<void> {
  assert.equal(await first.outcome, "serves", first.said());
  const other = start(second);
  assert.equal(await other.outcome, "ended", other.said());
  assert.match(other.said(), says);
  assert.equal(other.process.exitCode, 2);
}

const another = /is already served by another (gate \(process \d+\)|process)/;
test("who is refused is told by whom, and what to type next", async () => {
  const port = await freePort();
  const first = start({ port });
  await refusedBeside(
    first,
    { port },
    new RegExp(`gate \\(process ${first.process.pid}\\)\\. Stop .*--port.*share: true`),
  );
});

test("gates share a port where all of them say so, also when they start at once", async () => {
  const port = await freePort();
  const sharing = { port, listen: "tls: off, share: true" };
  const gates = [start(sharing), start(sharing), start(sharing)];
  for (const gate of gates) assert.equal(await gate.outcome, "serves", gate.said());
  await refusedBeside(gates[0] as Started, { port }, another);
});

test("a gate that does not share is not shared with", async () => {
  const port = await freePort();
  await refusedBeside(start({ port }), { port, listen: "tls: off, share: true" }, another);
});

test("of gates that start at once on one port, one serves", async () => {
  const port = await freePort();
  const gates = Array.from({ length: 4 }, () => start({ port }));
  const outcomes = await Promise.all(gates.map(({ outcome }) => outcome));
  assert.deepEqual(outcomes.toSorted(), ["ended", "ended", "ended", "serves"]);
});

test("after a gate was killed, or has left, the next one starts", async () => {
  const port = await freePort();
  for (const signal of ["SIGKILL", "SIGTERM"] as const) {
    const gate = start({ port });
    assert.equal(await gate.outcome, "serves", gate.said());
    const ended = once(gate.process, "exit");
    gate.process.kill(signal);
    await ended;
  }
  const last = start({ port });
  assert.equal(await last.outcome, "serves", last.said());
});

test("another program's port is refused, and so are a taken admin port and cleartext port", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  const { port: taken } = other.address() as { readonly port: number };
  try {
    const port = await freePort();
    const cases: readonly (readonly [Ports, RegExp])[] = [
      [{ port: taken }, /another process\. To see which: ss .*--port/],
      [{ port, adminPort: taken }, /another process\. To see which: ss .*--admin-port/],
      [
        { port, listen: `tls: { cleartextPort: ${taken} }` },
        /another process\. To see which: ss .*listen\.tls\.cleartextPort/,
      ],
    ];
    for (const [ports, says] of cases) {
      const gate = start(ports);
      assert.equal(await gate.outcome, "ended", gate.said());
      assert.match(gate.said(), says);
    }
  } finally {
    other.close();
  }
});
