import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach } from "node:test";
import { test } from "../parts/test.ts";
import { pipeOutlet } from "./outlets.ts";
import {
  type RecordCounts,
  type RecordedGate,
  type RecordedGateOptions,
  startRecordedGate,
} from "./recorded-gate.ts";

/** What `up` lets requests in flight take, and the two seconds that the rest may. */
const mostMs = 10_000 + 2000;
const asked = 2000;

const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).toReversed()) await one.close();
});
const keep = <T extends { close(): unknown }>(one: T): T => {
  opened.push(one);
  return one;
};
const start = async (options: Partial<RecordedGateOptions>): Promise<RecordedGate> =>
  keep(await startRecordedGate({ stdout: "ignore", stderr: "ignore", ...options }));
const openOutlet = (path: string): number => {
  const descriptor = openSync(path, "a");
  keep({ close: () => closeSync(descriptor) });
  return descriptor;
};

const holds = ({ dropped, requests, waiting, written }: RecordCounts): boolean =>
  requests === written + dropped + waiting;

/** Asks, and looks at the counts all the while. */
async function askAndCount(gate: RecordedGate): Promise<void> {
  const state = { asking: true };
  const answered = gate.ask(asked).finally(() => (state.asking = false));
  const wrong: RecordCounts[] = [];
  while (state.asking) {
    const counts = await gate.counts();
    if (!holds(counts)) wrong.push(counts);
  }
  assert.equal(await answered, asked);
  assert.deepEqual(wrong, [], "written + dropped + waiting = requests at every moment");
}

const allCounted = (counts: RecordCounts): boolean => counts.requests === asked && holds(counts);

test("records whose reader has gone are counted as dropped, every one, and nobody waits for them", async () => {
  const outlet = keep(pipeOutlet());
  const gate = await start({ stdout: outlet.descriptor });
  outlet.leave();
  await askAndCount(gate);
  const counts = await gate.countsWhen((now) => allCounted(now) && now.waiting === 0);
  assert.deepEqual(counts, { requests: asked, written: 0, dropped: asked, waiting: 0 });
  assert.equal(await gate.stop(mostMs), 0);
});

test("records that nobody reads wait, are counted, and do not keep the program from its end", async () => {
  const outlet = keep(pipeOutlet());
  const gate = await start({ stdout: outlet.descriptor });
  await askAndCount(gate);
  const { dropped, waiting, written } = await gate.countsWhen(allCounted);
  assert.equal(dropped, 0);
  assert.ok(waiting > asked / 2, `${waiting} wait`);
  const whole = (outlet.read().match(/\}\n/g) ?? []).length;
  assert.equal(whole, written, "what was counted as written can be read");
  const later = await gate.countsWhen((counts) => counts.written > written);
  assert.equal(later.dropped, 0);
  assert.equal(await gate.stop(mostMs), 0);
});

test("an output that holds whoever writes to it until it is read holds no request up, and not the end", async () => {
  const outlet = keep(pipeOutlet());
  // A program that shares the output and ends puts it back into the state in which it found it.
  const other = spawn(process.execPath, ["--eval", "process.stdin.resume()"], {
    stdio: ["pipe", outlet.descriptor, "ignore"],
  });
  keep({ close: () => other.kill("SIGKILL") });
  const gate = await start({ stdout: outlet.descriptor });
  other.stdin?.end();
  await once(other, "exit");
  await askAndCount(gate);
  const { dropped, waiting } = await gate.countsWhen(allCounted);
  assert.equal(dropped, 0);
  assert.ok(waiting > asked / 2, `${waiting} wait`);
  // The system does not give the write back: nothing but a kill ends the program then.
  assert.equal(await gate.stop(mostMs), "SIGKILL");
});

test("at the end, the number of records that nobody took is told to whoever reads the messages", async () => {
  const [records, messages] = [keep(pipeOutlet()), keep(pipeOutlet())];
  const gate = await start({ stdout: records.descriptor, stderr: messages.descriptor });
  await gate.ask(asked);
  const { waiting } = await gate.countsWhen(allCounted);
  assert.equal(await gate.stop(mostMs), 0);
  assert.match(messages.read(), new RegExp(`\\b${waiting} records were not written`));
});

test("a full disk loses no record: they wait for room, are counted, and are whole in the end", {
  needs: ["smallDisk"],
}, async ({ smallDisk: disk }) => {
  const file = join(disk.folder, "records");
  const gate = await start({ stdout: openOutlet(file) });
  await gate.ask(100);
  disk.fill();
  await gate.ask(asked - 100);
  const full = await gate.countsWhen(allCounted);
  assert.ok(full.waiting > 0, JSON.stringify(full));
  assert.equal(full.dropped, 0);
  assert.equal(readFileSync(file, "utf8").split("\n").length - 1, full.written);
  disk.clear();
  const { waiting, written } = await gate.countsWhen((counts) => counts.waiting === 0);
  assert.deepEqual([written, waiting], [asked, 0]);
  assert.equal(await gate.stop(mostMs), 0);
  const lines = readFileSync(file, "utf8").trimEnd().split("\n");
  assert.equal(
    lines.map((line) => (JSON.parse(line) as { traceId: string }).traceId).length,
    asked,
  );
});

test("on a disk that stays full every record is counted, and the program ends when it is told to", async () => {
  const gate = await start({ stdout: openOutlet("/dev/full") });
  await askAndCount(gate);
  const counts = await gate.countsWhen(allCounted);
  assert.deepEqual([counts.written, counts.dropped + counts.waiting], [0, asked]);
  assert.equal(await gate.stop(mostMs), 0);
});

/** What the messages for people can be written to. */
const messageOutlets: Readonly<Record<string, () => number>> = {
  "has no reader any more": () => {
    const outlet = keep(pipeOutlet());
    setTimeout(() => outlet.leave(), 0);
    return outlet.descriptor;
  },
  "is not read": () => {
    const outlet = keep(pipeOutlet());
    return outlet.descriptor;
  },
  "is a full disk": () => openOutlet("/dev/full"),
};

for (const [what, open] of Object.entries(messageOutlets))
  test(`a standard error that ${what} ends nothing and holds nothing up`, async () => {
    const gate = await start({ stderr: open(), environment: { NODE_OPTIONS: talkative } });
    for (let round = 0; round < 3; round += 1) assert.equal(await gate.ask(200), 200);
    gate.process.kill("SIGHUP");
    assert.equal(await gate.ask(200), 200);
    assert.equal(await gate.stop(mostMs), 0);
  });

/** Makes the control thread say more than a pipe takes. */
const talkative = preload(
  "setInterval(() => process.stderr.write('x'.repeat(4096)), 5).unref()",
  "isMainThread",
);

const beside: Readonly<Record<string, string>> = {
  "an exception": "throw new Error('beside the journey')",
  "a rejection": "void Promise.reject(new Error('beside the journey'))",
  "an event without a listener":
    "new (require('node:events'))().emit('error', new Error('beside the journey'))",
};

for (const [part, where] of [
  ["control", "isMainThread"],
  ["gate", "!isMainThread"],
] as const)
  for (const [what, code] of Object.entries(beside))
    test(`${what} beside the journey in a ${part} thread is told and counted, and the gate goes on serving`, async () => {
      const messages = keep(pipeOutlet());
      const sign = join(mkdtempSync(join(tmpdir(), "portcullis-beside-")), "now");
      const onSign = `const { rmSync, existsSync } = require("node:fs"); setInterval(() => { if (existsSync("${sign}")) { rmSync("${sign}"); ${code} } }, 20).unref()`;
      const gate = await start({
        stderr: messages.descriptor,
        environment: { NODE_OPTIONS: preload(onSign, where) },
      });
      const counted = new RegExp(`portcullis_faults_total\\{part="${part}"\\} 1$`, "m");
      writeFileSync(sign, "");
      while (!counted.test(await gate.metrics())) assert.equal(await gate.ask(50), 50);
      assert.equal(await gate.ask(50), 50);
      assert.match(messages.read(), /beside the journey/);
      assert.equal(await gate.stop(mostMs), 0);
    });

/** What makes Node run some code first, in some of its threads. */
function preload(code: string, where: string): string {
  const all = `import { createRequire } from "node:module"; import { isMainThread } from "node:worker_threads"; const require = createRequire("file:///"); if (${where}) { ${code} }`;
  return `--import=data:text/javascript;base64,${Buffer.from(all).toString("base64")}`;
}
