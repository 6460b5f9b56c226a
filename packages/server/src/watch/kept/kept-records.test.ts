import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { type DecisionRecord, recordLine } from "@portcullis/guard/records";
import { KeptRecords, type KeptRecordsOptions } from "./kept-records.ts";

const open: KeptRecords[] = [];
after(() => Promise.all(open.map((one) => one.end(2000))));

const line = (status: number): string =>
  recordLine({
    time: new Date().toISOString(),
    traceId: "a".repeat(32),
    operation: "listThings",
    method: "GET",
    path: "/things",
    apiVersion: undefined,
    app: undefined,
    appVersion: undefined,
    status,
    upstreamStatus: 200,
    outcome: "passed",
    code: undefined,
    decisions: [],
    stripped: undefined,
    unwritten: undefined,
    durationMs: 1,
    upstreamMs: undefined,
    answerBytes: 2,
  } satisfies DecisionRecord);

function keep(of: Partial<KeptRecordsOptions> = {}) {
  const folder = of.folder ?? mkdtempSync(join(tmpdir(), "portcullis-kept-"));
  const said: string[] = [];
  const kept = new KeptRecords({
    folder,
    form: undefined,
    keeping: {
      rawMs: 7 * 86_400_000,
      minutesMs: 86_400_000,
      hoursMs: 86_400_000,
      mostBytes: 2 ** 40,
      passedShare: 1,
    },
    say: (message) => said.push(message),
    ...of,
    bounds: { gatherMs: 20, ...of.bounds },
  });
  open.push(kept);
  let sent = 0;
  return {
    kept,
    folder,
    said,
    send(count: number): void {
      const lines = Array.from({ length: count }, () => line((sent += 1)));
      kept.write(Buffer.from(lines.join("")), count);
    },
    sent: () => sent,
    /** Its statuses are the numbers of the records. */
    async found(): Promise<number[]> {
      const { items } = await kept.find({ filter: {}, most: 100_000, cursor: undefined });
      return items.map(({ status }) => status).sort((a, b) => a - b);
    },
  };
}

const numbers = (most: number): number[] => Array.from({ length: most }, (_, index) => index + 1);

async function until(met: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await met())) await pause(20);
}

const isAnswering = async (of: ReturnType<typeof keep>): Promise<boolean> =>
  of.found().then(
    () => true,
    () => false,
  );

/** The processes that keep records in a folder, by what they have open. */
function processesAt(folder: string): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((id) => {
      if (id === process.pid) return false;
      try {
        return readdirSync(`/proc/${id}/fd`).some((one) =>
          readlinkSync(`/proc/${id}/fd/${one}`).startsWith(folder),
        );
      } catch {
        return false;
      }
    });
}

test("a process that is killed again and again while it writes loses no record and keeps none twice", async () => {
  const gate = keep();
  gate.send(10);
  await until(() => isAnswering(gate));
  for (let kills = 0; kills < 3; kills += 1) {
    for (let batches = 0; batches < 10; batches += 1) {
      gate.send(100);
      await pause(15 * Math.random());
    }
    for (const id of processesAt(gate.folder)) process.kill(id, "SIGKILL");
    gate.send(100);
  }
  await until(() => gate.kept.counts.waiting === 0);
  await until(() => isAnswering(gate));
  assert.deepEqual(await gate.found(), numbers(gate.sent()));
  assert.deepEqual(gate.kept.counts, { written: gate.sent(), dropped: 0, waiting: 0 });
  assert.match(gate.said.join("\n"), /has ended \(SIGKILL\), and is started again/);
  assert.equal(await gate.kept.end(5000), 0);
  assert.deepEqual(
    readdirSync(gate.folder).filter((name) => name.endsWith(".wal")),
    [],
  );
});

test("a process that hangs is replaced; what it does not take in time is dropped and counted, and nobody waits", async () => {
  const gate = keep({ bounds: { mostWaitingBytes: 200_000, hangingMs: 3000, gatherMs: 10 } });
  gate.send(10);
  await until(() => isAnswering(gate));
  const [first] = processesAt(gate.folder);
  process.kill(first as number, "SIGSTOP");
  for (let batches = 0; batches < 20; batches += 1) gate.send(100);
  const { dropped, waiting, written } = gate.kept.counts;
  assert.ok(dropped > 0 && waiting > 0);
  assert.equal(dropped + waiting + written, gate.sent());
  await until(() => gate.kept.counts.waiting === 0);
  await until(() => isAnswering(gate));
  assert.match(gate.said.join("\n"), /started anew: it does not answer/);
  const found = await gate.found();
  assert.equal(found.length, gate.kept.counts.written);
  assert.equal(new Set(found).size, found.length);
});

test("of a second gate beside it, a gate says that it cannot see the records, and sees them when that has ended", async () => {
  const one = keep();
  one.send(2);
  await until(() => isAnswering(one));
  const other = keep({ folder: one.folder });
  other.send(3);
  await until(() => isAnswering(other));
  const { items, missing } = await other.kept.find({ filter: {}, most: 10, cursor: undefined });
  assert.equal(items.length, 3);
  assert.match(missing.join(), /another gate that runs beside this one has the file/);
  await one.kept.end(5000);
  assert.equal((await other.found()).length, 5);
});

test("a file at which every process ends that opens it is set aside at the second, and records go on", async () => {
  const gate = keep();
  gate.send(1);
  await until(() => isAnswering(gate));
  await gate.kept.end(5000);
  const raw = readdirSync(gate.folder).find((name) => name.startsWith("raw-")) ?? "";
  // Whoever reads this never comes to an end: a pipe in which nothing stands.
  rmSync(join(gate.folder, raw));
  execFileSync("mkfifo", [join(gate.folder, raw)]);
  const again = keep({ folder: gate.folder, bounds: { hangingMs: 3000 } });
  again.send(1);
  await until(() => again.kept.counts.waiting === 0);
  assert.equal(again.kept.counts.written, 1);
  assert.match(again.said.join("\n"), /ends whoever opens it, and was set aside/);
});

test("more memory than it may hold replaces the process, and no record is lost", async () => {
  const gate = keep({ form: "sqlite", bounds: { mostResidentBytes: 1, leastLifeMs: 1 } });
  gate.send(100);
  await until(() => gate.said.some((one) => /started anew: it holds \d+ MB/.test(one)));
  gate.send(100);
  await until(() => gate.kept.counts.written === 200);
  assert.ok((gate.kept.state?.restarts ?? 0) >= 1);
});

test("a folder that cannot be written drops records beyond the bound, says so once, and ends in time", async () => {
  const directory = mkdtempSync(join(tmpdir(), "portcullis-kept-"));
  const folder = join(directory, "file");
  writeFileSync(folder, "");
  const gate = keep({ folder, form: "sqlite", bounds: { mostWaitingBytes: 10_000 } });
  for (let batches = 0; batches < 10; batches += 1) gate.send(10);
  await until(() => gate.said.some((one) => /records cannot be kept/.test(one)));
  await assert.rejects(gate.found(), /is starting|has ended/);
  const { dropped, waiting } = gate.kept.counts;
  assert.ok(dropped > 0);
  assert.equal(dropped + waiting, 100);
  assert.equal(await gate.kept.end(100), 100);
});
