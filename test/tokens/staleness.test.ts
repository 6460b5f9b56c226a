import assert from "node:assert/strict";
import { test } from "node:test";
import { planned } from "../policy/planned.ts";
import { backend, document } from "../security/objects.ts";
import { type Got, plannedJourney } from "../security/planned-journey.ts";

interface Case {
  readonly onStateLoss?: string;
  readonly accessToken?: string;
  readonly mode?: string;
}

async function answerAt(
  ageSeconds: number,
  { accessToken = "", mode = "enforce", onStateLoss }: Case,
): Promise<Got> {
  const ask = await plannedJourney({
    document,
    backend,
    policy: `portcullis: 1
mode: ${mode}
limits: { admission: off }
apis: [{ openapi: openapi.yaml, upstream: "http://127.0.0.1:9" }]
identity: { issuer: https://login.example, audience: x, accessToken: { binding: none ${accessToken} } }
${onStateLoss === undefined ? "" : `onStateLoss: ${onStateLoss}`}
`,
    revocationsAge: () => ageSeconds,
  });
  return ask("ann", "GET", "/accounts/x-1");
}

/** How old the word of revocations may be, by what the policy says. */
const cases: readonly (readonly [Case, seconds: number])[] = [
  [{}, 600],
  [{ accessToken: ", most: 90m" }, 5400],
  [{ onStateLoss: "{ staleness: 30s }" }, 30],
  [{ onStateLoss: "{ staleness: 30s }", accessToken: ", most: 90m" }, 30],
  [{ onStateLoss: "{ authentication: deny, limit: deny, binding: local }" }, 600],
];

for (const [policy, seconds] of cases)
  test(`tokens are believed for ${seconds} s after revocations were last read, and not longer: ${JSON.stringify(policy)}`, async () => {
    for (const age of [0, seconds - 1, seconds])
      assert.equal((await answerAt(age, policy)).status, 200, `${age} s`);
    for (const age of [seconds + 0.1, seconds * 100, Number.POSITIVE_INFINITY]) {
      const { code, headers, status } = await answerAt(age, policy);
      assert.deepEqual([status, code], [503, "revocations-unknown"], `${age} s`);
      assert.ok(headers.includes("Retry-After"));
    }
  });

test("authentication: local believes tokens however old the word of revocations is", async () => {
  const policy = { onStateLoss: "{ authentication: local, staleness: 30s }" };
  assert.equal((await answerAt(Number.POSITIVE_INFINITY, policy)).status, 200);
});

test("where authentication is observed, a word of revocations that is too old is only recorded", async () => {
  const { decisions, status } = await answerAt(601, { mode: "observe" });
  assert.equal(status, 200);
  assert.equal(decisions[0], "revocations-unknown observe");
});

test("for the built-in issuer staleness is how long its tokens live, and it is never so short that a slow store refuses everybody", async () => {
  const builtin = (rest: string): string =>
    `publicUrl: https://api.example\nidentity: { issuer: builtin, audience: x${rest} }\n`;
  const stalenessOf = async (text: string): Promise<number | undefined> => {
    const { faults, plan } = await planned(text);
    return plan === undefined
      ? assert.fail(faults.join("\n"))
      : plan.controls.authentication?.stalenessSeconds;
  };
  assert.equal(await stalenessOf(builtin("")), 600);
  assert.equal(await stalenessOf(builtin(", accessToken: { ttl: 5m }")), 300);
  assert.equal(await stalenessOf(`${builtin("")}onStateLoss: { staleness: 10s }`), 10);
  const { faults, plan } = await planned(`${builtin("")}onStateLoss: { staleness: 9s }`);
  assert.equal(plan, undefined);
  assert.match(faults.join("\n"), /a store that is only slow/);
});
