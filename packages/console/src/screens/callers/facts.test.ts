import assert from "node:assert/strict";
import { test } from "node:test";
import type { LiveRecord } from "../../stream/stream-event.ts";
import { isPseudonym } from "./caller-kinds.ts";
import { behind, codesIn, countedAll, countedBy } from "./facts.ts";

const record = (time: string, subject: string, more: Partial<LiveRecord> = {}): LiveRecord => ({
  time,
  traceId: time,
  operation: "getAccount",
  method: "GET",
  status: 200,
  outcome: "passed",
  decisions: [],
  durationMs: 1,
  subject,
  ...more,
});
const observed = { decisions: [{ code: "object-not-yours", mode: "observe" }] };
const refused = {
  outcome: "refused",
  decisions: [
    { code: "limit-exceeded", mode: "enforce" },
    { code: "object-not-yours", mode: "observe" },
  ],
} as const;

test("each request is counted once, by what became of it in the end", () => {
  const records = [
    record("2026-11-20T10:00:03Z", "a", refused),
    record("2026-11-20T10:00:02Z", "a", observed),
    record("2026-11-20T10:00:01Z", "a", { operation: "login", outcome: "failed" }),
  ];
  assert.deepEqual(
    countedBy(records, ({ operation }) => operation).map((one) => Object.values(one).join(" ")),
    ["getAccount 2 1 1 0 2026-11-20T10:00:03Z", "login 1 0 0 1 2026-11-20T10:00:01Z"],
  );
  assert.equal(countedAll(records)?.requests, 3);
  assert.equal(countedAll([]), undefined);
  assert.deepEqual(
    countedBy(records, () => undefined),
    [],
  );
  assert.deepEqual(
    codesIn(records).map(({ code, count, mode }) => `${code} ${mode} ${count}`),
    ["object-not-yours observe 2", "limit-exceeded enforce 1"],
  );
});

test("people are counted within a month, so that one who has a word in each is not two", () => {
  const records = [
    record("2026-11-02T10:00:00Z", "november"),
    record("2026-10-30T10:00:00Z", "october"),
    record("2026-10-30T09:00:00Z", "another"),
    record("2026-10-30T08:00:00Z", "october"),
  ];
  assert.deepEqual(behind(records, "person"), { count: 2, months: 2 });
  assert.deepEqual(behind(records, "address"), { count: 0, months: 0 });
});

test("a word of records is no name that somebody could be revoked by, and a name is", () => {
  const word = "Zk3v0aB_x-9QeR5tY7uI1o";
  assert.equal(isPseudonym(word, [word]), true);
  assert.equal(isPseudonym(word, []), true);
  assert.equal(isPseudonym("~9f2c", []), true);
  assert.equal(isPseudonym(word, ["aZk3v0aB_x-9QeR5tY7uI1"]), false);
  assert.equal(isPseudonym("ann", ["ann"]), false);
  assert.equal(isPseudonym("203.0.113.9", []), false);
});
