import assert from "node:assert/strict";
import { test } from "node:test";
import { prometheusText } from "./prometheus.ts";
import { RequestCounts } from "./request-counts.ts";

const hour = 3_600_000;
const day = 24 * hour;

const request = (over: object = {}) => ({
  operation: "getAccount",
  app: "harbour-ios",
  appVersion: "3.4.1",
  status: 200,
  outcome: "passed" as const,
  decisions: [],
  durationMs: 3,
  upstreamMs: 2,
  ...over,
});
const refused = {
  code: "token-missing",
  mode: "enforce" as const,
  detail: undefined,
  at: undefined,
};

/** How many requests are counted as of which version. */
function byVersion(counts: RequestCounts): Map<string, number> {
  const found = new Map<string, number>();
  for (const { app, appVersion, count } of counts.all().requests)
    found.set(`${app}/${appVersion}`, (found.get(`${app}/${appVersion}`) ?? 0) + count);
  return found;
}

/** One clock for a day of requests, which a test moves on. */
function counting(declared: readonly string[] = ["harbour-ios"]) {
  const clock = { nowMs: 0 };
  const counts = new RequestCounts({
    isDeclared: (app) => declared.includes(app),
    now: () => clock.nowMs,
  });
  return { clock, counts };
}

test("sixty thousand invented builds leave room for the next release within minutes, and lose no request", () => {
  const { clock, counts } = counting();
  const invented = 60_000;
  for (let build = 0; build < invented; build += 1)
    counts.add(request({ app: `a${build % 300}`, appVersion: `9.${build}` }));
  for (let use = 0; use < 200; use += 1) {
    clock.nowMs += 1000;
    counts.add(request({ appVersion: "3.5.0", signedIn: true }));
    counts.add(request({ app: `b${use}`, appVersion: "1.0" }));
  }
  const found = byVersion(counts);
  assert.ok((found.get("harbour-ios/3.5.0") ?? 0) >= 150, String(found.get("harbour-ios/3.5.0")));
  assert.ok(found.size <= 203, String(found.size));
  // What a build has counted that has lost its place is no longer told; nothing else is missing.
  const told = [...found.values()].reduce((sum, count) => sum + count, 0);
  assert.ok(told >= invented + 400 - 1, String(told));
});

test("an operation's failures are counted however many builds were invented before", () => {
  const { counts } = counting();
  for (let build = 0; build < 60_000; build += 1)
    for (const status of [401, 404])
      counts.add(
        request({
          operation: `o${build % 100}`,
          appVersion: `9.${build}`,
          status,
          outcome: "refused",
          decisions: [refused],
        }),
      );
  counts.add(request({ operation: "new", status: 500, outcome: "failed", decisions: [refused] }));
  const { decisions, requests } = counts.all();
  const ofNew = requests.filter(({ operation }) => operation === "new");
  assert.deepEqual(
    ofNew.map(({ app, count, status }) => [app, count, status]),
    [["harbour-ios", 1, 500]],
  );
  assert.equal(decisions.filter(({ operation }) => operation === "new").length, 1);
  assert.equal(counts.decided("token-missing"), 120_001);
  assert.ok(prometheusText(counts.all(), []).length < 10_000_000);
});

test("a declared app's versions are never lost among other apps' inventions", () => {
  const { counts } = counting();
  for (let build = 0; build < 1000; build += 1) counts.add(request({ app: `a${build}` }));
  counts.add(request({ appVersion: "8.0.0" }));
  counts.add(request({ app: "unknown", appVersion: "8.0.0" }));
  const found = byVersion(counts);
  assert.equal(found.get("harbour-ios/other"), 1);
  assert.ok((found.get("other/other") ?? 0) >= 800);
});

test("builds that people use keep their places from those that are only claimed", () => {
  const { clock, counts } = counting();
  const used = Array.from({ length: 200 }, (_, build) => `3.${build}`);
  for (let round = 0; round < 30; round += 1)
    for (const appVersion of used) counts.add(request({ appVersion, signedIn: true }));
  for (let claim = 0; claim < 20_000; claim += 1) {
    clock.nowMs += 1;
    counts.add(request({ app: "fake", appVersion: `${claim % 10}` }));
  }
  const found = byVersion(counts);
  const kept = used.filter((version) => found.has(`harbour-ios/${version}`)).length;
  assert.equal(kept, 200);
});

test("a build that was not used for a week gives its place to the next", () => {
  const { clock, counts } = counting();
  for (let build = 0; build < 200; build += 1)
    for (let use = 0; use < 50; use += 1)
      counts.add(request({ appVersion: `3.${build}`, signedIn: true }));
  clock.nowMs += 8 * day;
  for (let use = 0; use < 32; use += 1) counts.add(request({ appVersion: "4.0", signedIn: true }));
  assert.equal(byVersion(counts).get("harbour-ios/4.0"), 17);
});

test("the time of the backend and the rest of a request are told apart, by operation", () => {
  const { counts } = counting();
  counts.add(request({ durationMs: 30, upstreamMs: 20 }));
  counts.add(request({ durationMs: 4, upstreamMs: undefined }));
  const text = prometheusText(counts.all(), []);
  for (const [name, sum, count] of [
    ["request", 0.034, 2],
    ["upstream", 0.02, 1],
    ["gate", 0.014, 2],
  ])
    for (const [what, value] of [
      ["sum", sum],
      ["count", count],
    ])
      assert.ok(
        text.includes(
          `portcullis_${name}_duration_seconds_${what}{operation="getAccount"} ${value}\n`,
        ),
        `${name} ${what}\n${text}`,
      );
});

test("a counter of an operation never falls, whatever builds lose their places", () => {
  const { clock, counts } = counting();
  let before = 0;
  for (let step = 0; step < 3000; step += 1) {
    clock.nowMs += hour;
    for (let use = 0; use < 20; use += 1)
      counts.add(request({ appVersion: `4.${step % 400}`, signedIn: step % 2 === 0 }));
    const [times] = counts.all().times;
    assert.ok((times?.whole.count ?? 0) > before);
    before = times?.whole.count ?? 0;
  }
  assert.equal(before, 60_000);
});

test("what threads have counted apart is the same when it is put together", () => {
  const [one, two, sum] = [counting().counts, counting().counts, counting().counts];
  one.add(request({ decisions: [refused] }));
  two.add(request({ status: 429, outcome: "refused" }));
  for (const counts of [one.take(), two.take(), one.take()])
    if (counts !== undefined) sum.merge(counts);
  const { decisions, requests, times } = sum.all();
  assert.deepEqual([requests.length, decisions.length, times[0]?.whole.count], [2, 1, 2]);
});
