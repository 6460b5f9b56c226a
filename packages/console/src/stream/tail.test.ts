import assert from "node:assert/strict";
import { test } from "node:test";
import { readStreamEvent, type StreamEvent } from "./stream-event.ts";
import { addToTail, emptyTail, mostRows } from "./tail.ts";

const record = (id: string): StreamEvent => ({
  kind: "record",
  id,
  record: {
    time: "",
    traceId: id,
    operation: "",
    method: "",
    status: 200,
    outcome: "passed",
    decisions: [],
    durationMs: 1,
  },
});

test("the newest stands on top, and what was sent again after a lost connection stands once", () => {
  const first = addToTail(emptyTail(0), [record("a"), record("b")], 1);
  const next = addToTail(first, [{ kind: "lost" }, { kind: "open" }, record("b"), record("c")], 2);
  assert.deepEqual(
    next.rows.map(({ id }) => id),
    ["c", "b", "a"],
  );
  assert.equal(next.isLost, false);
});

test("of how many records a part is shown is said, and a gap too", () => {
  const tail = addToTail(
    emptyTail(0),
    [record("a"), { kind: "shown", shown: 1, of: 40 }, { kind: "gap", because: "restarted" }],
    1,
  );
  assert.deepEqual([tail.shown, tail.of, tail.gap], [1, 40, "restarted"]);
});

test("a page that is left open does not grow", () => {
  let tail = emptyTail(0);
  for (let round = 0; round < 30; round += 1)
    tail = addToTail(
      tail,
      Array.from({ length: 100 }, (_none, at) => record(`${round}-${at}`)),
      1,
    );
  assert.equal(tail.rows.length, mostRows);
  assert.equal(tail.rows[0]?.id, "29-99");
});

test("a lost stream keeps its age, and an event that is none changes nothing", () => {
  const tail = addToTail(addToTail(emptyTail(0), [record("a")], 5), [{ kind: "lost" }], 900);
  assert.deepEqual([tail.isLost, tail.heardAtMs], [true, 5]);
  for (const data of ["", "{", "[]", "null", "1", '{"traceId":1}'])
    assert.equal(readStreamEvent("record", "1", data), undefined);
});
