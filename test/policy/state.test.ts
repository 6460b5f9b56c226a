import assert from "node:assert/strict";
import { test } from "node:test";
import { planned } from "./planned.ts";

const stateOf = async (setting: string) => (await planned(`state: ${setting}\n`)).plan?.state;
const usual = { form: "asked", master: undefined, timeoutMs: 100 };

test("where state is kept is said by a word, an address, or what Redis is and how it is reached", async () => {
  assert.equal(await stateOf("memory"), "memory");
  assert.equal((await planned("")).plan?.state, "memory");
  assert.deepEqual(await stateOf("redis://a.internal"), {
    ...usual,
    addresses: ["redis://a.internal"],
  });
  assert.deepEqual(
    await stateOf("{ redis: [rediss://a:6380, rediss://b:6380], form: cluster, timeout: 30ms }"),
    { ...usual, addresses: ["rediss://a:6380", "rediss://b:6380"], form: "cluster", timeoutMs: 30 },
  );
  assert.deepEqual(await stateOf("{ redis: redis://a, form: sentinel, master: gate }"), {
    ...usual,
    addresses: ["redis://a"],
    form: "sentinel",
    master: "gate",
  });
  assert.deepEqual(await stateOf("{ redis: redis://a, master: gate }"), {
    ...usual,
    addresses: ["redis://a"],
    form: "sentinel",
    master: "gate",
  });
});

test("what limits do while Redis is lost is said at the state, and more closely at onStateLoss", async () => {
  const lossOf = async (rest: string) => (await planned(rest)).plan?.controls.limit.onStateLoss;
  assert.equal(await lossOf("state: { redis: redis://a }\n"), "local");
  assert.equal(await lossOf("state: { redis: redis://a, onStateLoss: deny }\n"), "deny");
  assert.equal(
    await lossOf("state: { redis: redis://a, onStateLoss: deny }\nonStateLoss: { limit: local }\n"),
    "local",
  );
});

/** Settings that contradict themselves, and what is said of each. */
const refused: readonly (readonly [setting: string, said: RegExp])[] = [
  ["{ redis: [] }", /'redis' is a list|'redis'/],
  ["{ form: cluster }", /'redis' is missing/],
  ["{ redis: http://a }", /'redis' is what is not shown/],
  ["{ redis: redis://a, form: ring }", /'form' is "ring"/],
  ["{ redis: redis://a, form: sentinel }", /'master' does not say which/],
  ["{ redis: redis://a, form: cluster, master: gate }", /only sentinels know names/],
  ["{ redis: [redis://a, redis://b], form: single }", /one server has one address/],
  ["{ redis: redis://a, tls: { authorities: ca.pem } }", /redis:\/\/ speaks no TLS/],
  ["{ redis: rediss://a, tls: { cert: a.crt } }", /a certificate and its key belong together/],
  ["{ redis: rediss://a, tls: { pins: [x] } }", /'pins' holds "x"/],
  ["{ redis: redis://a, timeout: 0ms }", /nothing answers in no time/],
  ["{ redis: redis://a/2, form: cluster }", /no databases with numbers/],
  ["{ redis: [redis://a, rediss://b] }", /entered in one way/],
  ["{ redis: ['redis://:one@a', 'redis://:two@b'] }", /entered in one way/],
  ["{ redis: redis://a, timout: 30ms }", /'timout' is not known here \(Did you mean 'timeout'\?\)/],
];

for (const [setting, said] of refused)
  test(`state: ${setting} is refused`, async () => {
    const { faults, plan } = await planned(`state: ${setting}\n`);
    assert.equal(plan, undefined);
    assert.match(faults.join("\n"), said);
    assert.doesNotMatch(faults.join("\n"), /:one@|:two@/);
  });
