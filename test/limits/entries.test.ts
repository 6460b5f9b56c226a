import assert from "node:assert/strict";
import { test } from "node:test";
import type { LimitRule } from "../../packages/guard/src/controls/limit/rules.ts";
import { planned } from "../policy/planned.ts";

const tiers = "limits: { tiers: { standard: 100/min, premium: 1000/min } }\n";
const entry = (limits: string, more = ""): string =>
  `${tiers}store: ./store.db\noperations:\n  - { match: login, limits: [${limits}]${more} }\n`;

/** What cannot be meant, and what is said of it. */
const refused: readonly (readonly [string, RegExp])[] = [
  ["{ per: user }", /exactly one of rate, quota, concurrent, bytes and sum/],
  ["{ rate: 5/min, quota: 5/day, per: user }", /exactly one of/],
  ["{ rate: 5/min, concurrent: 5, per: user }", /exactly one of/],
  ["{ rate: 0/min, per: user }", /'rate' is "0\/min"/],
  ["{ rate: -1/min, per: user }", /'rate' is/],
  ["{ rate: 5/month, per: user }", /'rate' is/],
  ["{ rate: 99999999999999999999/min, per: user }", /'rate' is/],
  ["{ rate: 5, per: user }", /'rate' is 5/],
  ["{ quota: 5/min, per: user }", /'quota' is/],
  ["{ quota: 0/day, per: user }", /'quota' is/],
  ["{ quota: 9999999999999/day, per: user }", /'quota' is/],
  ["{ quota: 5/ever/ever, per: user }", /'quota' is/],
  ["{ concurrent: 0, per: user }", /'concurrent' is 0/],
  ["{ concurrent: 1.5, per: user }", /'concurrent' is 1.5/],
  ["{ concurrent: 100001, per: user }", /'concurrent' is/],
  ["{ rate: 5/min, cost: 0, per: user }", /'cost' is 0/],
  ["{ rate: 5/min, cost: -1, per: user }", /'cost' is -1/],
  [
    "{ rate: 5/min, cost: 6, per: user }",
    /no request can pass: it takes 6, and there are never more than 5/,
  ],
  ["{ rate: 100/min, burst: 3, cost: 4, per: user }", /there are never more than 3/],
  ["{ quota: 5/day, cost: 6, per: user }", /no request can pass/],
  ["{ rate: tier, cost: 101, per: user }", /there are never more than 100/],
  ["{ concurrent: 5, cost: 2, per: user }", /takes one place/],
  ["{ concurrent: 5, count: failures, per: user }", /not known while/],
  ["{ concurrent: 5, burst: 2, per: user }", /only a rate has a burst/],
  ["{ quota: 5/day, burst: 2, per: user }", /only a rate has a burst/],
  [
    "{ rate: 5/min, zone: UTC, per: user }",
    /only what is counted for days or months has a time zone/,
  ],
  ["{ quota: 5/day, zone: Europe/Atlantis, per: user }", /'zone' is/],
  ["{ quota: tier, per: user }", /a quota of every tier/],
  ["{ rate: 5/min, per: [] }", /'per' is/],
  ["{ rate: 5/min }", /per/],
  ["{ rate: 5/min, per: body }", /'per' is/],
  ["{ rate: 5/min, per: user, app: newest }", /'app' is/],
  ["{ rate: 5/min, per: user, count: some }", /'count' is/],
  ["{ rate: 5/min, per: user, onStateLoss: maybe }", /'onStateLoss' is/],
  [
    "{ quota: 5/day, per: user, app: '<3' }, { quota: 5/month, per: user, app: '>=3' }",
    /share one count, and so have the same window/,
  ],
  [
    "{ quota: 5/day, per: user, app: '<3' }, { quota: 5/day, zone: Asia/Tokyo, per: user, app: '>=3' }",
    /share one count/,
  ],
];

test("limits that cannot be meant are refused, each with what is wrong", async () => {
  for (const [limits, said] of refused) {
    const { faults, plan } = await planned(entry(limits));
    assert.equal(plan, undefined, limits);
    assert.match(faults.join("\n"), said, limits);
  }
});

test("tiers and failures that cannot be meant are refused", async () => {
  const of = async (text: string): Promise<string> => (await planned(text)).faults.join("\n");
  assert.match(await of("limits: { tiers: { a: {} } }\n"), /'a' allows nothing that is named/);
  assert.match(
    await of("limits: { tiers: { a: { rate: 5/min, quota: 5/day } } }\n"),
    /no limit is by this quota/,
  );
  assert.match(
    await of(
      "limits: { tiers: { a: { quota: 5/day } } }\noperations: [{ match: login, limits: [{ rate: tier, per: user }] }]\n",
    ),
    /a rate by tier needs a rate of every tier/,
  );
  for (const failure of ["{ response: /ok }", "{ equals: false }", "{ status: 401, equals: 1 }"])
    assert.match(
      await of(`operations: [{ match: login, failure: ${failure} }]\n`),
      /response and equals belong together/,
      failure,
    );
  for (const failure of ["{ status: 200 }", "{ status: 503 }", "{ response: ok, equals: 1 }"])
    assert.notEqual(await of(`operations: [{ match: login, failure: ${failure} }]\n`), "", failure);
});

const rulesOf = async (limits: string): Promise<readonly LimitRule[]> =>
  (await planned(entry(limits))).of("login").controls.limit.rules;

test("limits replace each other only where kind, per, count and app are the same", async () => {
  const all = await rulesOf(
    "{ rate: 5/min, per: user }, { rate: 6/min, per: user, count: failures }, { quota: 7/day, per: user }, { concurrent: 8, per: user }, { rate: 9/min, per: address }, { rate: 10/min, per: user }",
  );
  assert.deepEqual(
    all.map(({ forms: [form] }) => form?.bound),
    [
      { kind: "rate", rate: { count: 10, windowMs: 60_000 }, burst: undefined },
      { kind: "rate", rate: { count: 6, windowMs: 60_000 }, burst: undefined },
      { kind: "quota", quota: { most: 7, window: "day" } },
      { kind: "concurrent", most: 8 },
      { kind: "rate", rate: { count: 9, windowMs: 60_000 }, burst: undefined },
    ],
  );
  const names = new Set(all.map(({ name }) => name));
  assert.equal(names.size, all.length, "and so they count apart");
});

test("limits that differ in app alone are forms of one, with one count", async () => {
  const [rule, ...more] = await rulesOf(
    "{ rate: 5/min, per: user, app: '<3.2' }, { rate: 9/min, per: user, app: '>=3.2' }",
  );
  assert.equal(more.length, 0);
  assert.equal(rule?.forms.length, 2);
});

test("a limit keeps its count when only how much it allows is changed", async () => {
  const [before] = await rulesOf("{ rate: 5/min, per: user }");
  const [after] = await rulesOf("{ rate: 50/hour, burst: 10, cost: 2, per: user }");
  assert.equal(before?.name, after?.name);
});

test("a lifetime counts successes, and so do no others unless they say so", async () => {
  const rules = await rulesOf("{ quota: 1/ever, per: user }, { quota: 1/day, per: device }");
  assert.deepEqual(
    rules.map(({ count }) => count),
    ["successes", "all"],
  );
});
