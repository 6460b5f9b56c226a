import assert from "node:assert/strict";
import { test } from "node:test";
import type { Refusal } from "../../facts/refusal.ts";
import { networkOf } from "../../reading/network.ts";
import { readRate } from "../../reading/rate.ts";
import { isLimitPart } from "./limit-key.ts";
import {
  asking as limits,
  formOf,
  limitsOf,
  perMinute,
  type Sender,
  sentBy,
} from "../../../../../test/limits/sample-limits.ts";

const minute = 60_000;
const byTier = [formOf({ bound: { kind: "rate", rate: "tier", burst: undefined } })];

const times = (
  take: (sender: Sender) => Refusal | undefined,
  sender: Sender,
  count: number,
): number =>
  Array.from({ length: count }, () => take(sender)).filter((refusal) => refusal === undefined)
    .length;

test("rates are read in the forms people write, and nothing else", () => {
  assert.deepEqual(readRate("300/min"), { count: 300, windowMs: minute });
  assert.deepEqual(readRate("20/s"), { count: 20, windowMs: 1000 });
  assert.deepEqual(readRate("100/hour"), { count: 100, windowMs: 3_600_000 });
  for (const none of ["0/min", "5", "5/fortnight", "-1/s", "1.5/s", "5 / min", ""])
    assert.equal(readRate(none), undefined, none);
});

test("what a limit may count by is known", () => {
  for (const part of ["address", "user", "body.username", "body.a.b-c"])
    assert.ok(isLimitPart(part));
  for (const part of ["adress", "body.", "body", "token.sub", "body.a b"])
    assert.ok(!isLimitPart(part), part);
});

test("a limit counts each caller apart, and by tier as the token says", () => {
  const take = limits({ per: ["user"], forms: byTier });
  assert.equal(times(take, { user: "ann" }, 10), 2);
  assert.equal(times(take, { user: "bob", tier: "premium" }, 10), 4);
  assert.equal(times(take, { user: "eve", tier: "unknown" }, 10), 2);
});

test("leaving the token out is no way around a limit by user", () => {
  const take = limits({ per: ["user"] });
  assert.equal(times(take, {}, 5), 1);
  assert.equal(times(take, { address: "203.0.113.2" }, 5), 1);
});

test("where addresses are counted too, strangers behind one address do not share one user's limit", () => {
  const take = limits({ per: ["address"], forms: [perMinute(50)] }, { per: ["user"] });
  assert.equal(times(take, {}, 60), 50);
});

test("a user cannot be taken for an address, nor a device for a user", () => {
  const take = limits({ per: ["device"] });
  assert.equal(take({ device: "x" }), undefined);
  assert.equal(take({ user: "x" }), undefined);
  assert.equal(take({ address: "x" }), undefined);
});

test("an IPv6 network counts as one, an IPv4 address as itself", () => {
  assert.equal(networkOf("2001:db8:1:2:3:4:5:6"), networkOf("2001:0DB8:1:2::9"));
  assert.notEqual(networkOf("2001:db8:1:2::1"), networkOf("2001:db8:1:3::1"));
  assert.equal(networkOf("::1"), "0:0:0:0");
  assert.equal(networkOf("192.0.2.1"), "192.0.2.1");
});

test("one account's name in any spelling is one key", () => {
  const take = limits({ per: ["address", "body.username"] });
  assert.equal(take({ body: { username: "Ann" } }), undefined);
  for (const username of ["ann", " ANN ", "ａｎｎ"])
    assert.equal(take({ body: { username } })?.problem.code, "limit-exceeded", username);
  assert.equal(take({ body: { username: "bob" } }), undefined);
  assert.equal(take({ body: null }), undefined);
  assert.equal(take({ body: { __proto__: { username: "x" } } })?.problem.code, "limit-exceeded");
  for (const index of [1, 2])
    assert.equal(
      take({ body: { username: `made up ${index}`, Username: "ann" } })?.problem.code,
      "limit-exceeded",
      "two spellings of one name share the count of who names nobody",
    );
});

test("a refusal says when to come again, in the registered form, and nothing of the key", () => {
  const take = limits({ per: ["user"], forms: [perMinute(2)] });
  times(take, { user: "ann" }, 2);
  const refusal = take({ user: "ann" });
  assert.equal(refusal?.retryAfterSeconds, 30);
  assert.deepEqual(refusal?.headers, [
    ["RateLimit-Policy", '"user";q=2;w=60'],
    ["RateLimit", '"user";r=0;t=30'],
  ]);
  assert.ok(!JSON.stringify(refusal).includes("ann"));
});

test("an answer tells of the limit that is nearest", async () => {
  const { before } = limitsOf([
    { per: ["address"], forms: [perMinute(300, 60)] },
    { per: ["operation"], forms: [perMinute(5)] },
  ]);
  const counted = sentBy({});
  assert.equal(await before?.(counted), undefined);
  assert.deepEqual(counted.answerFields, [
    "RateLimit-Policy",
    '"operation";q=5;w=60',
    "RateLimit",
    '"operation";r=4;t=12',
  ]);
});

test("an IPv6 household is one address to a limit, and the next household another", () => {
  const take = limits({ forms: [perMinute(2)] });
  const addresses = ["2001:db8:0:1::1", "2001:db8:0:1::2", "2001:db8:0:1:ffff::3"];
  assert.deepEqual(
    addresses.map((address) => take({ address })?.problem.code),
    [undefined, undefined, "limit-exceeded"],
  );
  assert.equal(take({ address: "2001:db8:0:2::1" }), undefined);
});
