import assert from "node:assert/strict";
import { test } from "node:test";
import { backend, document, policy } from "./objects.ts";
import { plannedJourney } from "./planned-journey.ts";

test("where existence is hidden, unknown, forbidden and not-yours are one answer, and the record tells them apart", async () => {
  const hidingAsk = await plannedJourney({
    document,
    policy: policy(
      "  - { match: [getAccount], hide: { existence: 5ms }, owner: { response: /owner, is: token.sub } }\n  - { match: closeAccount, hide: { existence: 5ms }, allow: { roles: [teller] }, owner: none }",
    ),
    backend,
  });
  const bodies = new Set<string>();
  const codes: (string | undefined)[] = [];
  for (const [method, id] of [
    ["GET", "nobody-1"],
    ["GET", "secret-1"],
    ["GET", "ben-1"],
    ["DELETE", "ann-1"],
  ] as const) {
    const got = await hidingAsk("ann", method, `/accounts/${id}`);
    assert.equal(got.status, 404, id);
    bodies.add(got.body.replace(/"traceId":"[^"]*"/, ""));
    codes.push(got.code);
  }
  assert.equal(bodies.size, 1);
  assert.deepEqual(codes, [undefined, undefined, "object-not-yours", "role-insufficient"]);
  assert.equal((await hidingAsk("ann", "GET", "/accounts/ann-1")).status, 200);
});
