import assert from "node:assert/strict";
import { test } from "node:test";
import { type DecisionRecord, recordLine } from "@portcullis/guard/records";
import { type LiveEvent, LiveRecords, ViewersFault } from "./live-records.ts";
import { RecentRecords } from "./recent-records.ts";

const line = (status: number): string =>
  recordLine({
    time: "2026-11-20T10:00:00.000Z",
    traceId: "a".repeat(32),
    operation: "listThings",
    method: "GET",
    status,
    outcome: "passed",
    decisions: [],
    durationMs: 1,
    answerBytes: 2,
  } as unknown as DecisionRecord);

function onlooker(takes = Number.POSITIVE_INFINITY) {
  const recent = new RecentRecords(100);
  const live = new LiveRecords(recent);
  const events: LiveEvent[] = [];
  const add = (...statuses: readonly number[]): void => {
    const lines = Buffer.from(statuses.map(line).join(""));
    const first = recent.added;
    recent.add(lines, statuses.length);
    live.add(lines, first);
  };
  const open = (after?: string, filter = {}) =>
    live.open({ filter, tell: (event) => events.push(event) < takes }, after);
  const shown = (): readonly (number | string)[] =>
    events
      .splice(0)
      .map((one) =>
        one.kind === "record"
          ? one.record.status
          : one.kind === "gap"
            ? "gap"
            : `${one.shown} of ${one.of}`,
      );
  return { add, events, live, open, shown };
}

test("whoever looks on sees what fits as it comes, and goes on after a lost connection where it was", () => {
  const { add, events, open, shown } = onlooker();
  add(200);
  const first = open(undefined, { status: 2 });
  add(201, 404, 202);
  const last = events.at(-1);
  const id = last?.kind === "record" ? last.id : "";
  assert.deepEqual(shown(), [201, 202]);
  first.close();
  add(203, 500);
  assert.deepEqual(shown(), []);
  open(id, { status: 2 });
  assert.deepEqual(shown(), [203], "and no more than has come since");
  add(204);
  assert.deepEqual(shown(), [204]);
});

test("what can no longer be told is a gap, and never silently left out", () => {
  const { add, events, open, shown } = onlooker();
  open();
  add(200);
  const [one] = events;
  const id = one?.kind === "record" ? one.id : "";
  for (let batch = 0; batch < 30; batch += 1) add(...Array.from({ length: 10 }, () => 201));
  shown();
  open(id);
  assert.deepEqual(shown(), ["gap"]);
  for (const other of ["000000000000-1", "x", ""]) {
    open(other);
    assert.deepEqual(shown(), ["gap"], other);
  }
});

test("of more than anybody can read some are shown, evenly, and how many there were is said", () => {
  const { add, open, shown } = onlooker();
  open();
  add(...Array.from({ length: 100 }, (_, index) => 200 + index));
  const seen = shown();
  assert.equal(seen.length, 21);
  assert.equal(seen.at(-1), "20 of 100");
  assert.deepEqual(seen.slice(0, 3), [200, 205, 210]);
});

test("who does not read is told nothing more, holds up nobody, and learns how many it has missed", () => {
  const { add, events, live, open, shown } = onlooker(2);
  const opened = open();
  add(200, 201);
  const length = events.length;
  add(202, 203, 204);
  assert.equal(events.length, length, "nothing gathers for it");
  shown();
  opened.drained();
  add(205);
  assert.deepEqual(shown(), [205, "1 of 4"]);
  for (let count = 1; count < 16; count += 1) open();
  assert.throws(() => open(), ViewersFault);
  assert.ok(live);
});
