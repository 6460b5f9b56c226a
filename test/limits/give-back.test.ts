import assert from "node:assert/strict";
import { test } from "node:test";
import { allocateSharedBuckets, giveBack, SharedMemoryState } from "@portcullis/guard/state";
import { planned } from "../policy/planned.ts";
import { startLimitGate } from "./limit-gate.ts";

const json = { "content-type": "application/json" };

test("whoever is stopped by limits of every kind is let go by their name, and nobody else is", async () => {
  const state = new SharedMemoryState(allocateSharedBuckets(4096, [1, 2]));
  const policy = `trustedProxies: [127.0.0.0/8]
operations:
  - { match: quick, limits: [{ rate: 1/hour, per: address }] }
  - { match: slow, limits: [{ rate: 1/hour, per: everyone }] }
  - { match: login, limits: [{ rate: 2/hour, per: [body.username] }] }
`;
  const gate = await startLimitGate(
    policy,
    (_asked, response) => response.writeHead(200, json).end("{}"),
    state,
  );
  const from = (address: string) => ({ headers: { "x-forwarded-for": address } });
  const sign = (username: string) => gate.ask("/login", { body: { username } });
  const give = (named: Parameters<typeof giveBack>[0]) =>
    giveBack(named, gate.plan, state, Date.now());
  try {
    const people = ["203.0.113.1", "203.0.113.2", "2001:db8::5"];
    for (const one of people) await gate.ask("/quick", from(one));
    for (const name of ["Ann", "ann", "ben", "ben"]) await sign(name);
    await gate.ask("/slow");
    const now = async (): Promise<number[]> => [
      ...(await Promise.all(
        people.map(async (one) => (await gate.ask("/quick", from(one))).status),
      )),
      (await sign("ann")).status,
      (await sign("ben")).status,
      (await gate.ask("/slow")).status,
    ];
    assert.deepEqual(await now(), [429, 429, 429, 429, 429, 429]);
    await give({ address: "203.0.113.1" });
    assert.deepEqual(await now(), [200, 429, 429, 429, 429, 429]);
    await give({ address: "2001:db8::9999" });
    assert.deepEqual(await now(), [429, 429, 200, 429, 429, 429], "a network, not one address");
    await give({ "body.username": "ANN " });
    assert.deepEqual(await now(), [429, 429, 429, 200, 429, 429], "as the limit spells it");
    const { limits } = await give({ everyone: "" });
    assert.deepEqual(await now(), [429, 429, 429, 200, 429, 200]);
    assert.deepEqual(
      limits.map(({ place }) => place),
      ["2.1"],
    );
  } finally {
    await gate.close();
  }
});

test("a key finds every limit that counts by it, and no limit that does not", async () => {
  const { plan } = await planned(`identity: { issuer: https://login.example.com, audience: x }
limits: { tiers: { standard: 10/min, premium: 100/min } }
operations:
  - match: getAccount
    limits:
      - { rate: tier, per: user }
      - { rate: 10/min, per: device }
      - { rate: 10/min, per: [app, tier] }
      - { rate: 10/min, per: [user, operation] }
      - { concurrent: 2, per: user }
  - { match: closeAccount, limits: [{ rate: tier, per: user }, { rate: 30/min, per: address }] }
`);
  assert.ok(plan !== undefined);
  const state = new SharedMemoryState(allocateSharedBuckets(64, [1, 2]));
  const given = async (named: Parameters<typeof giveBack>[0]): Promise<string[]> =>
    (await giveBack(named, plan, state, 0)).limits.map(
      ({ isGiven, needs, place }) => `${place}${isGiven ? "" : ` needs ${needs.join("+")}`}`,
    );
  assert.deepEqual(await given({ user: "ann" }), ["1.1", "1.2", "1.4", "2.1"]);
  assert.deepEqual(await given({ device: "d-1" }), ["1.2"]);
  assert.deepEqual(await given({ tier: "premium" }), ["1.3 needs app"]);
  assert.deepEqual(await given({ tier: "premium", app: "notes" }), ["1.3"]);
  assert.deepEqual(await given({ address: "203.0.113.1" }), [
    "1.1",
    "1.2",
    "1.4",
    "2.1 needs user",
    "2.2",
  ]);
  assert.deepEqual(await given({ everyone: "" }), []);
});
