import assert from "node:assert/strict";
import { test } from "node:test";
import { backend, document, policy } from "./objects.ts";
import { plannedJourney } from "./planned-journey.ts";

test("what a role may not write is not written by a JSON Patch either, by its path or in its value", async () => {
  const patchAsk = await plannedJourney({
    document,
    policy: `${policy("  - { match: '*', owner: none }")}\nwritable: { Account/owner: [support] }\n`,
    backend,
  });
  const patch = async (
    body: unknown,
    type = "application/json-patch+json",
  ): Promise<string | number> => {
    const got = await patchAsk(
      "ann",
      "PATCH",
      "/profiles",
      body,
      type === "" ? [] : ["X-Kind", type],
    );
    return got.code ?? got.status;
  };
  assert.equal(await patch({ id: "x" }), 200);
  for (const body of [
    { owner: "ben" },
    { Owner: "ben" },
    { "owner[]": "ben" },
    { id: "x", nested: [{ OWNER: "ben" }] },
  ])
    assert.equal(await patch(body), "property-forbidden", JSON.stringify(body));
  assert.equal(await patch([{ op: "replace", path: "/id", value: "x" }]), 200);
  for (const one of [
    { op: "replace", path: "/owner", value: "ben" },
    { op: "add", path: "", value: { owner: "ben" } },
    { op: "move", from: "/id", path: "/owner" },
    { op: "add", path: "/list/0", value: [{ deep: { owner: "ben" } }] },
    { op: "add", path: "/owner/0", value: 1 },
  ])
    assert.equal(
      await patch([{ op: "test", path: "/id", value: "x" }, one]),
      "property-forbidden",
      JSON.stringify(one),
    );
});

test("a body that carries requests of its own is closed, until the policy says that the backend judges them", async () => {
  const ask = await plannedJourney({
    document,
    policy: policy("  - { match: allowedBatch, carriesRequests: true }"),
    backend,
  });
  const refused = await ask("ann", "POST", "/batches", {
    requests: [{ method: "GET", path: "/accounts/ben-1" }],
  });
  assert.deepEqual([refused.status, refused.code], [403, "rule-missing"]);
  const batch = [{ method: "GET", url: "/accounts/ben-1" }];
  assert.equal((await ask("ann", "POST", "/allowed-batches", batch)).status, 200);
});
