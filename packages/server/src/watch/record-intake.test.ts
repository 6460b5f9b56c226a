import assert from "node:assert/strict";
import { test } from "node:test";
import { allocateSharedRecords, type DecisionRecord } from "@portcullis/guard/records";
import { Reporter } from "../gate/report.ts";
import type { FromGate } from "../gate/settings.ts";
import type { LineWriter } from "./line-writer.ts";
import { type RecordFollower, RecordIntake } from "./record-intake.ts";

const record: DecisionRecord = {
  time: "2026-11-20T10:00:00.000Z",
  traceId: "a".repeat(32),
  operation: "listThings",
  method: "GET",
  path: "/things",
  apiVersion: undefined,
  app: undefined,
  appVersion: undefined,
  status: 200,
  upstreamStatus: 200,
  outcome: "passed",
  code: undefined,
  decisions: [],
  stripped: undefined,
  unwritten: undefined,
  durationMs: 1,
  upstreamMs: undefined,
  answerBytes: 2,
};

/** A gate thread's side and the control thread's, without the threads. */
function bothSides(rows: number, followers: readonly RecordFollower[] = []) {
  const [said, text]: string[][] = [[], []];
  const lines = { written: 0, dropped: 0 };
  const writer: Pick<LineWriter, "write" | "drop"> = {
    write: (bytes, count) => {
      lines.written += count;
      text?.push(Buffer.from(bytes).toString());
    },
    drop: (count) => (lines.dropped += count),
  };
  const intake = new RecordIntake({
    writer,
    followers,
    isDeclaredApp: () => false,
    say: (message) => said?.push(message),
  });
  const memory = allocateSharedRecords(rows, 65_536);
  intake.open(memory);
  const asked: FromGate["kind"][] = [];
  const reporter = new Reporter((message) => {
    asked.push(message.kind);
    if (message.kind === "records") intake.take();
    if (message.kind === "missed") intake.miss(message.count, message.counts);
  }, memory);
  const requests = (): number =>
    intake.allCounts().requests.reduce((sum, { count }) => sum + count, 0);
  return { asked, intake, lines, memory, reporter, requests, said, text: () => text?.join("") };
}

test("a reader that is asked in time misses nothing, whatever comes between two of its turns", () => {
  const { asked, lines, reporter, requests } = bothSides(8);
  for (let count = 0; count < 1000; count += 1) reporter.record(record);
  assert.equal(requests(), 1000);
  assert.deepEqual(lines, { written: 1000, dropped: 0 });
  assert.ok(asked.length > 0 && asked.every((kind) => kind === "records"));
});

test("records that find no room are counted as requests, as dropped and as overrun, and told of", () => {
  const { intake, lines, requests, said } = bothSides(8);
  // The control thread is kept from its turn: nobody reads though it is asked for.
  const missed: FromGate[] = [];
  const memory = allocateSharedRecords(8, 65_536);
  intake.open(memory);
  const gate = new Reporter((message) => missed.push(message), memory);
  for (let count = 0; count < 100; count += 1) gate.record(record);
  gate.flush();
  for (const message of missed)
    if (message.kind === "missed") intake.miss(message.count, message.counts);
  assert.equal(requests(), 100);
  assert.equal(lines.written + lines.dropped, 100);
  assert.ok(lines.dropped > 0);
  assert.equal(intake.overrun, lines.dropped);
  assert.equal(said?.length, 1);
  const told = missed.length;
  gate.flush();
  assert.equal(missed.length, told, "who has missed nothing since tells nothing");
});

test("what a thread has left at its end is taken, though it can say nothing any more", () => {
  const { intake, lines, memory, reporter, text } = bothSides(64);
  for (let count = 0; count < 10; count += 1) reporter.record({ ...record, status: 200 + count });
  intake.close(memory);
  assert.deepEqual(lines, { written: 10, dropped: 0 });
  assert.equal(text()?.split("\n").length, 11);
  assert.deepEqual(
    intake.find({ filter: {}, most: 2, cursor: undefined }).items.map(({ status }) => status),
    [209, 208],
  );
});

test("whoever follows is told of every record, in its order", () => {
  const seen: string[] = [];
  const { intake, reporter } = bothSides(64, [
    ({ operation, status }) => seen.push(`${operation} ${status}`),
  ]);
  for (let count = 0; count < 3; count += 1) reporter.record({ ...record, status: 200 + count });
  intake.take();
  assert.deepEqual(seen, ["listThings 200", "listThings 201", "listThings 202"]);
});
