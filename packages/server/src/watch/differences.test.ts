import assert from "node:assert/strict";
import { test } from "node:test";
import { type Compared, differencesOf } from "./differences.ts";
import type { SeriesItem } from "./series.ts";

const nowMs = Date.parse("2026-11-22T10:00:00Z");
const counted = (requests: number, of: Partial<SeriesItem> = {}): SeriesItem => ({
  at: "2026-11-21T10:00:00Z",
  operation: "getAccount",
  app: "harbour-ios",
  appVersion: "3.4.1",
  class: "2",
  requests,
  decided: of.code === undefined ? 0 : requests,
  ...of,
});
const trouble = { code: "object-not-yours", mode: "observe" };
const compare = (of: Partial<Compared>) =>
  differencesOf(
    {
      now: [],
      before: [],
      releases: [],
      switches: [],
      fromMs: nowMs - 86_400_000,
      toMs: nowMs,
      ...of,
    },
    5,
  );

test("what a release has broken is told before what is merely large, and named after the release", () => {
  const found = compare({
    before: [
      counted(10_000),
      counted(500, { operation: "login", code: "limit-exceeded", mode: "enforce" }),
    ],
    now: [
      counted(8000),
      counted(2000, { appVersion: "3.5.0" }),
      counted(300, { appVersion: "3.5.0", ...trouble }),
      counted(510, { operation: "login", code: "limit-exceeded", mode: "enforce" }),
    ],
    releases: [
      {
        app: "harbour-ios",
        version: "3.5.0",
        source: "seen",
        atMs: nowMs - 3_600_000,
        by: undefined,
        note: undefined,
      },
    ],
  });
  assert.equal(found.length, 1);
  const [{ appVersion, code, count, expected, likely } = assert.fail()] = found;
  assert.deepEqual([appVersion, code, count, expected], ["3.5.0", "object-not-yours", 300, 0]);
  assert.deepEqual([likely.kind, likely.version], ["release", "3.5.0"]);
});

test("twice the traffic with twice the refusals is traffic, and no trouble", () => {
  const at = (times: number): readonly SeriesItem[] => [
    counted(10_000 * times),
    counted(100 * times, trouble),
  ];
  assert.deepEqual(
    compare({ before: at(1), now: at(2) }).map(({ what }) => what),
    ["more"],
  );
});

test("a backend that fails is named where every build fails, and a switch where somebody threw one", () => {
  const fails = (appVersion: string) => counted(200, { appVersion, class: "5" });
  const changed = {
    before: [counted(5000), counted(5000, { appVersion: "3.5.0" })],
    now: [counted(5000), counted(5000, { appVersion: "3.5.0" }), fails("3.4.1"), fails("3.5.0")],
  };
  assert.deepEqual(
    compare(changed).map(({ likely }) => likely.kind),
    ["backend"],
  );
  const switches = [{ id: "s-1", operation: "*", createdAtMs: nowMs - 1000 }];
  assert.deepEqual(
    compare({ ...changed, switches }).map(({ likely }) => likely.kind),
    ["switch"],
  );
});

test("an operation that nobody asks any more is told, and chance and a gate's first day are not", () => {
  const gone = compare({ before: [counted(900)], now: [counted(900, { operation: "login" })] });
  assert.deepEqual(gone.map(({ operation, what }) => `${operation} ${what}`).toSorted(), [
    "getAccount fewer",
    "login more",
  ]);
  assert.deepEqual(compare({ now: [counted(900)] }), []);
  const chance = [counted(1000), counted(12, trouble)];
  assert.deepEqual(compare({ before: [counted(1000), counted(8, trouble)], now: chance }), []);
});
