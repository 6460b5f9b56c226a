import assert from "node:assert/strict";
import { test } from "node:test";
import { stage, type Staged } from "../staged-watch.ts";
import type { Sent } from "./staged-traffic.ts";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const monday = Date.UTC(2026, 10, 2);

/** Numbers that are the same in every run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => (state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff) / 0x8000_0000;
}

/** Requests of a day in buckets of five minutes: many at noon, few at night and on Sundays. */
function live(staged: Staged, from: number, to: number, timesAt: (atMs: number) => number): void {
  const random = seeded(7);
  for (let atMs = from; atMs < to; atMs += 5 * minute) {
    const ofDay = 1.2 - Math.cos(((atMs % day) / day) * 2 * Math.PI);
    const ofWeek = Math.floor(atMs / day) % 7 === 3 ? 0.4 : 1;
    const count = Math.round(25 * ofDay * ofWeek * timesAt(atMs) * (0.8 + random() * 0.4));
    for (let index = 0; index < count; index += 1)
      staged.send(
        atMs + (index * 5 * minute) / count,
        { address: `10.0.${index % 200}.1`, subject: `person${index % 500}` },
        { operation: "listItems" },
      );
  }
  staged.watch.turn(to);
}

test("eight times as many as usual at this hour are told of within half an hour, and a week like any other is not", () => {
  const staged = stage();
  live(staged, monday, monday + 15 * day, () => 1);
  assert.deepEqual(staged.incidents(), []);
  const from = monday + 15 * day + 12 * hour;
  live(staged, monday + 15 * day, from + hour, (atMs) => (atMs >= from ? 8 : 1));
  const [incident] = staged.incidents();
  assert.equal(incident?.kind, "traffic-spike");
  assert.equal(incident?.severity, "low");
  const afterMinutes = ((incident?.lastAtMs ?? 0) - from) / minute;
  assert.ok(afterMinutes <= 30, `${afterMinutes} minutes`);
  assert.match(incident?.summary ?? "", /[789] times as often/);
});

test("a night in which half of noon comes is told of, though noon has seen more", () => {
  const staged = stage();
  live(staged, monday, monday + 8 * day, () => 1);
  const from = monday + 8 * day + 30 * minute;
  live(staged, monday + 8 * day, from + hour, (atMs) => (atMs >= from ? 30 : 1));
  assert.equal(staged.incidents()[0]?.kind, "traffic-spike");
});

/** Time goes on, an hour at most at once: more would be a clock that somebody has set. */
const pass = (staged: Staged, from: number, to: number): void => {
  for (let atMs = from; atMs <= to; atMs += 30 * minute) staged.watch.turn(atMs);
};

const sendMany = (staged: Staged, atMs: number, count: number, sent: Partial<Sent>): void => {
  for (let index = 0; index < count; index += 1)
    staged.send(
      atMs + index,
      { address: `10.0.${index % 200}.1` },
      { operation: "listItems", ...sent },
    );
};

test("a version that hardly anybody uses is named once, and who finds it again is told of within the hour", () => {
  const staged = stage({ trafficSpike: "off" });
  for (let of = 0; of < 3; of += 1) {
    sendMany(staged, monday + of * day, 12_000, { apiVersion: "v2" });
    sendMany(staged, monday + of * day + hour, 60, { apiVersion: "v1" });
    pass(staged, monday + of * day + hour, monday + (of + 1) * day);
  }
  const zombies = () => staged.incidents().filter(({ kind }) => kind === "zombie-version");
  assert.deepEqual(
    zombies().map(({ severity, summary }) => [severity, /v1 .* hardly used/.test(summary)]),
    [["info", true]],
  );
  pass(staged, monday + 3 * day, monday + 3 * day + 10 * hour);
  sendMany(staged, monday + 3 * day + 10 * hour, 99, { apiVersion: "v1" });
  assert.equal(zombies().length, 1);
  sendMany(staged, monday + 3 * day + 10 * hour + minute, 40, { apiVersion: "v1" });
  assert.ok(zombies().some(({ severity }) => severity === "medium"));
});

test("an API of one version, one of two that are both used, and one that is refused are nothing", () => {
  const staged = stage({ trafficSpike: "off" });
  for (let of = 0; of < 2; of += 1) {
    sendMany(staged, monday + of * day, 12_000, { apiVersion: "v2" });
    sendMany(staged, monday + of * day + hour, 3000, { apiVersion: "v1" });
    sendMany(staged, monday + of * day + hour, 20, { apiVersion: "v0", code: "version-sunset" });
    pass(staged, monday + of * day + hour, monday + (of + 1) * day);
  }
  assert.deepEqual(staged.incidents(), []);
});
