import assert from "node:assert/strict";
import { test } from "node:test";
import { findingLines } from "../../packages/server/src/cli/verbs/check/finding-lines.ts";
import { planned } from "../policy/planned.ts";

const limited = async (limits: string, tiers = "standard: 100/min"): Promise<string> => {
  const { faults, plan } = await planned(
    `limits: { tiers: { ${tiers} } }\nstore: ./store.db\noperations: [{ match: login, limits: [${limits}] }]\n`,
  );
  assert.ok(plan !== undefined, faults.join("\n"));
  return findingLines(plan).join("\n");
};

const failures = "{ rate: 5/hour, per: address, count: failures }";

/** What is understood, and said to be perhaps not meant; and beside each, what is not said. */
const rows: readonly (readonly [string, RegExp, string])[] = [
  [
    "{ rate: 5/min, per: address }, { rate: 6/min, per: [address, device] }",
    /a limit that can never bind/,
    "{ rate: 7/min, per: address }, { rate: 6/min, per: [address, device] }",
  ],
  [
    "{ rate: 5/min, per: everyone }, { rate: 5/min, per: user }",
    /a limit that can never bind/,
    "{ rate: 5/min, burst: 20, per: everyone }, { rate: 5/min, burst: 1, per: user }",
  ],
  [
    "{ quota: 5/day, per: address }, { quota: 6/day, per: [address, user] }",
    /a limit that can never bind/,
    "{ quota: 5/day, per: address }, { quota: 6/month, per: [address, user] }",
  ],
  [
    "{ concurrent: 5, per: address }, { concurrent: 5, per: [address, user] }",
    /a limit that can never bind/,
    "{ concurrent: 5, per: address }, { concurrent: 5, per: user }",
  ],
  [
    "{ rate: 5/min, per: body.username }",
    /by the body with no limit by address/,
    "{ rate: 5/min, per: body.username }, { rate: 40/min, per: address }",
  ],
  ["{ rate: 5/min, per: address }", /sign-in and has no limit that counts failures/, failures],
  [
    "{ rate: 5/min, per: user, app: '>=3.2' }, { rate: 9/min, per: user, app: '<3.2' }",
    /allows older versions of the app more/,
    "{ rate: 9/min, per: user, app: '>=3.2' }, { rate: 5/min, per: user, app: '<3.2' }",
  ],
  [
    "{ rate: 5/min, per: user }, { rate: 9/min, per: user, app: '3.2' }",
    /allows older versions of the app more/,
    "{ rate: 5/min, per: user }, { rate: 9/min, per: user, app: '>=3.2' }",
  ],
];

test("limits that are perhaps not meant are named, and those that are meant are not", async () => {
  for (const [limits, said, meant] of rows) {
    assert.match(await limited(limits), said, limits);
    assert.doesNotMatch(await limited(meant), said, meant);
  }
});
