import assert from "node:assert/strict";
import { test } from "node:test";
import { operationRoles } from "../reading/operation-roles.ts";
import { hashKinds, KeyedHash, mixHashes } from "./keyed-hash.ts";
import type { DecisionRecord } from "./record.ts";
import { recordLine } from "./record-line.ts";
import { RecordReader } from "./record-reader.ts";
import { allocateSharedRecords } from "./record-rows.ts";
import { RecordWriter } from "./record-writer.ts";
import type { Signal } from "./signal.ts";

const signal: Signal = {
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
};
const ordinary: DecisionRecord = {
  time: "2026-11-20T10:00:00.123Z",
  traceId: "0123456789abcdef0123456789abcdef",
  operation: "getAccount",
  method: "GET",
  path: undefined,
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
  answerBytes: 0,
};

test("a signal is read as it was written, stands in no line, and none stays from the row before", () => {
  const shared = allocateSharedRecords(8);
  const [writer, reader] = [new RecordWriter(shared), new RecordReader(shared)];
  const { role: _role, ...anonymous } = signal;
  const others = [
    { ...anonymous, role: undefined, outcome: undefined, isKeyShown: false, wasShown: true },
    ...operationRoles.map((role) => ({ ...signal, role, wasShown: undefined })),
    ...(["failure", "success"] as const).map((outcome) => ({ ...signal, outcome })),
  ];
  for (const one of [signal, undefined, ...others]) {
    writer.write({ ...ordinary, signal: one });
    let read: Signal | undefined;
    reader.read((row) => {
      assert.doesNotMatch(recordLine(row), /signal/);
      const { signal: found } = row;
      if (found !== undefined) read = { ...signalFields(found) };
    });
    assert.deepEqual(read, one);
  }
});

/** Of the row, which is read where it stands. */
function signalFields(of: Signal): Signal {
  const { address, device, isKeyShown, network, object, outcome } = of;
  const { role, shape, subject, target, wasShown } = of;
  return {
    address,
    device,
    isKeyShown,
    network,
    object,
    outcome,
    role,
    shape,
    subject,
    target,
    wasShown,
  };
}

test("hashes are whole numbers below 2^53, and depend on the secret, the kind and every letter", () => {
  const secret = Buffer.from("0123456789abcdef");
  const hash = new KeyedHash(secret);
  const names = Array.from({ length: 50_000 }, (_, index) => `user${index}`);
  const all = new Set(names.map((name) => hash.of(hashKinds.target, name)));
  assert.equal(all.size, names.length);
  for (const one of all) assert.ok(Number.isSafeInteger(one) && one > 0);
  assert.equal(hash.of(hashKinds.target, ""), 0);
  assert.equal(hash.of(hashKinds.target, "ann"), new KeyedHash(secret).of(hashKinds.target, "ann"));
  assert.notEqual(hash.of(hashKinds.target, "ann"), hash.of(hashKinds.subject, "ann"));
  const other = new KeyedHash(Buffer.from("fedcba9876543210"));
  assert.notEqual(hash.of(hashKinds.target, "ann"), other.of(hashKinds.target, "ann"));
  const mixed = new Set(names.map((_, index) => mixHashes(7, index)));
  assert.equal(mixed.size, names.length);
  assert.notEqual(mixHashes(1, 2), mixHashes(2, 1));
});
