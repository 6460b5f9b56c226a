import assert from "node:assert/strict";
import { test } from "node:test";
import { TokenTimes, tokenTimesText } from "../../packages/server/src/watch/token-times.ts";
import { planned } from "../policy/planned.ts";
import { backend, document } from "../security/objects.ts";
import { plannedJourney } from "../security/planned-journey.ts";

const now = Math.floor(Date.now() / 1000);
/** When the tokens of these users were issued; all expire in an hour. */
const issued: Readonly<Record<string, number | undefined>> = {
  fresh: now - 30,
  "a day old": now - 86_400,
  "a year old": now - 31_536_000,
  silent: undefined,
};

async function answers(
  mode: string,
  most = "most: 90m",
): Promise<{
  readonly got: Readonly<Record<string, string>>;
  readonly times: TokenTimes;
}> {
  const times = new TokenTimes();
  const ask = await plannedJourney({
    document,
    backend,
    policy: `portcullis: 1
mode: { default: enforce, ${mode} }
limits: { admission: off }
apis: [{ openapi: openapi.yaml, upstream: "http://127.0.0.1:9" }]
identity: { issuer: https://login.example, audience: x, accessToken: { binding: none, ${most} } }
`,
    claimsOf: (user) => (issued[user] === undefined ? {} : { iat: issued[user] }),
    onTokenTimes: (life, age) => times.note(life, age),
  });
  const got: Record<string, string> = {};
  for (const user of Object.keys(issued)) {
    const { code, status } = await ask(user, "GET", "/accounts/x-1");
    got[user] = status === 200 ? "200" : `${status} ${code}`;
  }
  return { got, times };
}

const all = (text: string): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.keys(issued).map((user) => [user, text]));

test("a token of another issuer that lives longer than the policy wants is refused where that is enforced, and so is one that does not say since when", async () => {
  const { got } = await answers("tokenLife: enforce");
  assert.deepEqual(got, { ...all("401 token-life-exceeded"), fresh: "200" });
});

test("whom a bound would refuse is seen before it does: only the key's own name enforces it", async () => {
  assert.deepEqual((await answers("limit: enforce")).got, all("200"));
  assert.deepEqual((await answers("tokenLife: observe")).got, all("200"));
  assert.deepEqual((await answers("tokenLife: off")).got, all("200"));
  assert.deepEqual((await answers("tokenLife: enforce", "")).got, all("200"));
});

test("how long tokens live and how old they are is measured, whether or not the policy bounds it", async () => {
  for (const most of ["", "most: 90m"]) {
    const { times } = await answers("limit: enforce", most);
    const merged = new TokenTimes();
    const taken = times.take();
    assert.ok(taken !== undefined);
    assert.equal(times.take(), undefined);
    merged.merge(taken);
    const text = tokenTimesText(merged.all());
    assert.match(text, /^portcullis_token_life_seconds_bucket\{le="3600"\} 0$/m);
    assert.match(text, /^portcullis_token_life_seconds_bucket\{le="7200"\} 1$/m);
    assert.match(text, /^portcullis_token_life_seconds_bucket\{le="604800"\} 2$/m);
    assert.match(text, /^portcullis_token_life_seconds_bucket\{le="\+Inf"\} 3$/m);
    assert.match(text, /^portcullis_token_life_seconds_count 3$/m);
    assert.match(text, /^portcullis_token_age_seconds_bucket\{le="60"\} 1$/m);
    assert.match(text, /^portcullis_token_age_seconds_count 3$/m);
    assert.match(text, /^portcullis_tokens_without_iat_total 1$/m);
  }
  assert.equal(tokenTimesText(new TokenTimes().all()), "");
});

test("the built-in issuer's tokens live as long as the policy says: a bound beside that is a fault", async () => {
  const { faults } = await planned(
    "publicUrl: https://api.example\nidentity: { issuer: builtin, audience: x, accessToken: { most: 30m } }\n",
  );
  assert.match(faults.join("\n"), /live as long as the policy says/);
});
