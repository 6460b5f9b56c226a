import assert from "node:assert/strict";
import { test } from "node:test";
import { Worker } from "node:worker_threads";
import fc from "fast-check";
import type { DecisionRecord } from "./record.ts";
import { recordLine } from "./record-line.ts";
import { mostRestLetters } from "./record-rest.ts";
import { RecordReader } from "./record-reader.ts";
import { allocateSharedRecords, type SharedRecords } from "./record-rows.ts";
import { RecordWriter } from "./record-writer.ts";

/** Every field that a record may have: a new one does not compile here until it has a value. */
const whole: { readonly [F in keyof Required<DecisionRecord>]: NonNullable<DecisionRecord[F]> } = {
  time: "2026-11-20T10:00:00.123Z",
  traceId: "0123456789abcdef0123456789abcdef",
  operation: "getAccount",
  method: "GET",
  path: "/v1/accounts/{accountId}",
  apiVersion: "v1",
  app: "harbour-ios",
  appVersion: "3.4.1",
  status: 404,
  upstreamStatus: 200,
  signedIn: true,
  bound: true,
  outcome: "refused",
  code: "object-not-yours",
  decisions: [
    { code: "object-not-yours", mode: "enforce", detail: "é", rule: "r", at: ["path a"] },
    { code: "list-cut", mode: "observe", effect: "mends", detail: undefined, at: undefined },
  ],
  first: ["ownership"],
  stripped: ["/items/0/secret"],
  unwritten: ["query"],
  unchecked: ["webhooks"],
  durationMs: 1.234,
  upstreamMs: 0.5,
  answerBytes: 5_000_000_000,
  webSocket: { state: "opened" },
  address: "2001:db8::1",
  subject: "u-Ω",
  client: "c",
  device: "d-ß",
  acting: { actor: "people/sam", subject: "people/ann", reason: "Rückruf", session: "s-1" },
  signal: {
    role: "content",
    outcome: "other",
    target: 2 ** 53 - 1,
    address: 2,
    network: 3,
    device: 4,
    subject: 5,
    object: 6,
    shape: -7,
    isKeyShown: true,
    wasShown: false,
  },
};
const ordinary: DecisionRecord = {
  ...whole,
  path: undefined,
  apiVersion: undefined,
  app: undefined,
  appVersion: undefined,
  upstreamStatus: undefined,
  signedIn: undefined,
  bound: undefined,
  outcome: "passed",
  code: undefined,
  decisions: [],
  first: undefined,
  stripped: undefined,
  unwritten: undefined,
  unchecked: undefined,
  upstreamMs: undefined,
  webSocket: undefined,
  address: undefined,
  subject: undefined,
  client: undefined,
  device: undefined,
  acting: undefined,
  signal: undefined,
};

const linesOf = (reader: RecordReader): string[] => {
  const lines: string[] = [];
  reader.read((row) => lines.push(recordLine(row)));
  return lines;
};

function between(
  rows?: number,
  textBytes?: number,
): { writer: RecordWriter; reader: RecordReader } {
  const shared = allocateSharedRecords(rows, textBytes);
  return { writer: new RecordWriter(shared), reader: new RecordReader(shared) };
}

test("every field of a record is read as it was written, and each can be absent", () => {
  const { reader, writer } = between();
  const records = [whole, ordinary];
  for (const field of Object.keys(whole) as (keyof DecisionRecord)[])
    records.push({ ...ordinary, [field]: whole[field] }, { ...whole, [field]: ordinary[field] });
  for (const record of records) assert.ok(writer.write(record));
  assert.deepEqual(linesOf(reader), records.map(recordLine));
  assert.deepEqual(linesOf(reader), []);
});

test("whatever texts records have, they are read as JSON would keep them, however full the memory was", () => {
  const { reader, writer } = between(16, 4096);
  const text = fc.oneof(fc.string({ unit: "binary", maxLength: 90 }), fc.constant(undefined));
  const some = fc.record({
    operation: fc.string({ maxLength: 40 }),
    path: text,
    appVersion: text,
    address: text,
    subject: text,
    client: text,
    device: text,
    stripped: fc.oneof(fc.array(fc.string(), { maxLength: 4 }), fc.constant(undefined)),
  });
  fc.assert(
    fc.property(fc.array(fc.tuple(some, fc.boolean()), { maxLength: 60 }), (all) => {
      const [taken, read]: string[][] = [[], []];
      for (const [fields, isRead] of all) {
        const record = { ...ordinary, ...fields };
        if (writer.write(record)) taken?.push(recordLine(record));
        if (isRead) read?.push(...linesOf(reader));
      }
      read?.push(...linesOf(reader));
      assert.deepEqual(read, taken);
    }),
  );
});

test("where the reader is behind, a record is not taken as a whole, and those before it stand", () => {
  for (const [rows, textBytes] of [
    [8, 65_536],
    [1024, 2048],
  ] as const) {
    const { reader, writer } = between(rows, textBytes);
    let taken = 0;
    for (let count = 0; count < 200; count += 1)
      if (writer.write({ ...ordinary, status: 200 + taken, address: "2001:db8::1:2:3" }))
        taken += 1;
    assert.ok(taken > 0 && taken < 200, `${taken}`);
    const statuses: number[] = [];
    reader.read((row) => statuses.push(row.status));
    assert.deepEqual(
      statuses,
      Array.from({ length: taken }, (_, index) => 200 + index),
    );
    assert.ok(writer.write(whole), "there is room again");
    assert.deepEqual(linesOf(reader), [recordLine(whole)]);
  }
});

test("a reader that should not wait is asked for once, until it has read", () => {
  const { reader, writer } = between(8, 65_536);
  const asked = [];
  for (let round = 0; round < 2; round += 1) {
    for (let count = 0; count < 8; count += 1) {
      writer.write(ordinary);
      if (writer.isFilling) asked.push(round);
    }
    linesOf(reader);
  }
  assert.deepEqual(asked, [0, 1]);
});

test("more names than are kept are each told, so that no caller's inventions mix up another's", () => {
  const { reader, writer } = between(64);
  for (let count = 0; count < 10_000; count += 1) {
    const record = { ...ordinary, app: "x", appVersion: `1.0.${count}` };
    assert.ok(writer.write(record));
    assert.deepEqual(linesOf(reader), [recordLine(record)]);
  }
});

test("a record that says more than the memory may hold of one keeps what was decided", () => {
  const { reader, writer } = between();
  const detail = "é".repeat(mostRestLetters);
  const decisions = Array.from({ length: 300 }, () => ({ ...whole.decisions[0], detail }));
  const stripped = Array.from({ length: 9000 }, (_, index) => `/items/${index}`);
  const large = { ...whole, stripped, decisions } as DecisionRecord;
  assert.ok(writer.write(large));
  const [line = "{}"] = linesOf(reader);
  const read = JSON.parse(line) as DecisionRecord;
  assert.deepEqual(
    { ...read, decisions: undefined, stripped: undefined, level: undefined },
    {
      ...JSON.parse(JSON.stringify({ ...whole, signal: undefined })),
      decisions: undefined,
      stripped: undefined,
      level: undefined,
    },
  );
  assert.deepEqual(
    [...new Set(read.decisions.map(({ code, mode }) => `${code} ${mode}`))],
    ["object-not-yours enforce"],
  );
  assert.ok(line.length < mostRestLetters);
});

test("what another thread writes all the while is read whole, in order, and none is lost unseen", async () => {
  const shared = allocateSharedRecords(256, 16_384);
  const reader = new RecordReader(shared);
  const worker = new Worker(
    `const { workerData, parentPort } = require("node:worker_threads");
     import(workerData.module).then(({ RecordWriter }) => {
       const writer = new RecordWriter(workerData.shared);
       let refused = 0;
       for (let index = 0; index < workerData.times; index += 1)
         if (!writer.write({ ...workerData.record, answerBytes: index, subject: "s" + index, appVersion: String(index % 7) })) refused += 1;
       parentPort.postMessage(refused);
     });`,
    {
      eval: true,
      workerData: {
        module: new URL("./record-writer.ts", import.meta.url).href,
        shared: shared satisfies SharedRecords,
        record: ordinary,
        times: 100_000,
      },
    },
  );
  let [read, last] = [0, -1];
  const told: { refused?: number } = {};
  worker.once("message", (refused: number) => (told.refused = refused));
  const ended = new Promise<void>((resolve) => worker.once("exit", () => resolve()));
  const take = (): number =>
    reader.read((row) => {
      const { answerBytes } = row;
      assert.ok(answerBytes > last);
      assert.equal(row.subject, `s${answerBytes}`);
      assert.equal(row.appVersion, String(answerBytes % 7));
      last = answerBytes;
    });
  while (told.refused === undefined) {
    read += take();
    await new Promise((resolve) => setImmediate(resolve));
  }
  await ended;
  read += take();
  assert.equal(read + told.refused, 100_000);
});
