import assert from "node:assert/strict";
import { test } from "node:test";
import {
  asking,
  formOf,
  limitsOf,
  perMinute,
  type Sender,
  sentBy,
} from "../../../../../test/limits/sample-limits.ts";
import type { Refusal } from "../../facts/refusal.ts";

const passed = (take: (sender: Sender) => Refusal | undefined, sender: Sender): number =>
  Array.from({ length: 100 }, () => take(sender)).filter((refusal) => refusal === undefined).length;
const app = (version: string): string => `harbour-ios/${version}`;

const byApp = [
  { ...perMinute(10), app: "<3.2" },
  { ...perMinute(30), app: ">=3.2" },
];

test("each build has the bounds of its version, and one that does not say it has the strictest", () => {
  for (const [sent, count] of [
    [app("3.1.9"), 10],
    [app("3.2.0"), 30],
    [undefined, 10],
    ["harbour-ios", 10],
    ["harbour-ios/banana", 10],
    [`harbour-ios/${"9".repeat(40)}`, 10],
  ] as const) {
    const sender = sent === undefined ? { user: "ann" } : { user: "ann", app: sent };
    assert.equal(passed(asking({ per: ["user"], forms: byApp }), sender), count, String(sent));
  }
});

test("a version that no form names has the strictest, and not none", () => {
  const gap = [
    { ...perMinute(30), app: ">=3.2" },
    { ...perMinute(10), app: "<2" },
  ];
  assert.equal(passed(asking({ forms: gap }), { app: app("2.5") }), 10);
});

test("where one form is for all other versions, a build that does not say its own has the strictest", () => {
  const forms = [perMinute(30), { ...perMinute(10), app: "<3.2" }];
  assert.equal(passed(asking({ forms }), {}), 10);
  assert.equal(passed(asking({ forms }), { app: app("3.2.0") }), 30);
  assert.equal(passed(asking({ forms }), { app: app("3.1.0") }), 10);
});

test("versions share one count: none of them is a fresh start", () => {
  for (const order of [
    [app("3.1.9"), app("3.2.0"), undefined],
    [undefined, app("3.2.0"), app("3.1.9"), app("1.0.0"), app("99.0")],
  ]) {
    const take = asking({ per: ["user"], forms: byApp });
    let sum = 0;
    for (const sent of order)
      sum += passed(take, sent === undefined ? { user: "ann" } : { user: "ann", app: sent });
    assert.ok(sum <= 30, `${sum}`);
  }
});

test("forms with other bursts give no more than the largest of them, however they are mixed", () => {
  const forms = [
    { ...perMinute(60, 5), app: "<3.2" },
    { ...perMinute(60, 40), app: ">=3.2" },
  ];
  const take = asking({ per: ["user"], forms });
  let sum = 0;
  for (let round = 0; round < 20; round += 1)
    for (const version of ["3.2.0", "3.1.9"])
      sum += passed(take, { user: "ann", app: app(version) });
  assert.equal(sum, 40);
});

test("tiers with other bounds give no more than the largest of them, however they are mixed", () => {
  const byTier = formOf({ bound: { kind: "rate", rate: "tier", burst: 3 } });
  const take = asking({ per: ["user"], forms: [byTier] });
  let sum = 0;
  for (let round = 0; round < 20; round += 1)
    for (const tier of ["standard", "premium"]) sum += passed(take, { user: "ann", tier });
  assert.equal(sum, 3);
});

test("a request takes what it costs", () => {
  const take = asking({ forms: [{ ...perMinute(10), cost: 4 }] });
  assert.equal(passed(take, {}), 2);
});

const noon = Date.UTC(2026, 9, 31, 12);
const quota = (window: "day" | "month" | "ever", most: number) =>
  formOf({ bound: { kind: "quota", quota: { most, window } } });

test("a quota is given anew when its day or month ends where its zone is, and one for ever never", () => {
  const hour = 3_600_000;
  for (const [window, zone, endsAtMs] of [
    ["day", "UTC", Date.UTC(2026, 10, 1)],
    ["day", "Asia/Tokyo", Date.UTC(2026, 9, 31, 15)],
    ["day", "America/New_York", Date.UTC(2026, 10, 1, 4)],
    ["month", "UTC", Date.UTC(2026, 10, 1)],
    ["month", "Europe/Berlin", Date.UTC(2026, 9, 31, 23)],
  ] as const) {
    const take = asking({ kind: "quota", zone, forms: [quota(window, 2)] });
    assert.equal(passed(take, { atMs: noon }), 2, `${window} ${zone}`);
    const last = take({ atMs: endsAtMs - 1 });
    assert.equal(last?.problem.code, "quota-used-up", `${window} ${zone}`);
    assert.equal(last?.retryAfterSeconds, 1);
    assert.equal(passed(take, { atMs: endsAtMs }), 2, `${window} ${zone}`);
    assert.equal(passed(take, { atMs: endsAtMs - hour }), 0, "a clock that is set back");
  }
  const ever = asking({ kind: "quota", forms: [quota("ever", 1)] });
  assert.equal(passed(ever, { atMs: noon }), 1);
  const later = ever({ atMs: noon + 50 * 365 * 24 * hour });
  assert.equal(later?.problem.code, "quota-used-up");
  assert.equal(later?.retryAfterSeconds, undefined);
});

test("a day that is set back by an hour has 25, and is one day", () => {
  const take = asking({ kind: "quota", zone: "Europe/Berlin", forms: [quota("day", 1)] });
  assert.equal(passed(take, { atMs: Date.UTC(2026, 9, 24, 22) }), 1);
  assert.equal(passed(take, { atMs: Date.UTC(2026, 9, 25, 22, 59) }), 0);
  assert.equal(passed(take, { atMs: Date.UTC(2026, 9, 25, 23) }), 1);
});

test("what is left is said as the policy wants it, in the fields of other gateways too", async () => {
  const rules = [{ per: ["user"], forms: [perMinute(5)] }] as const;
  const told = async (parts: Parameters<typeof limitsOf>[1], asks = 1) => {
    const { before } = limitsOf(rules, parts);
    let counted = sentBy({ user: "ann" });
    let refusal: Refusal | undefined;
    for (let count = 0; count < asks; count += 1) {
      counted = sentBy({ user: "ann" });
      refusal = await before?.(counted);
    }
    return refusal?.headers?.flat() ?? counted.answerFields;
  };
  const registered = ["RateLimit-Policy", '"user";q=5;w=60', "RateLimit", '"user";r=4;t=12'];
  assert.deepEqual(await told({}), registered);
  assert.deepEqual(await told({ headers: "refusals" }), []);
  assert.deepEqual(await told({ headers: "refusals" }, 6), [
    ...registered.slice(0, 3),
    '"user";r=0;t=12',
  ]);
  assert.deepEqual(await told({ legacyHeaders: true }), [
    ...registered,
    "X-RateLimit-Limit",
    "5",
    "X-RateLimit-Remaining",
    "4",
    "X-RateLimit-Reset",
    "12",
  ]);
});
