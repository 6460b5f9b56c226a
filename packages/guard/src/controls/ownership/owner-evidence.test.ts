import assert from "node:assert/strict";
import { test } from "node:test";
import { OwnerEvidence } from "./owner-evidence.ts";
import { suggestOwners } from "./suggest-owners.ts";

test("a place that always names the caller is proposed, with its exceptions; one that does not is not", () => {
  const evidence = new OwnerEvidence();
  for (let count = 0; count < 100; count += 1) {
    evidence.noteAnswer(
      "getAccount",
      { id: `a-${count}`, customerId: count === 7 ? "c-9" : "c-1", balance: "c-1" },
      "c-1",
    );
    evidence.noteAnswer(
      "listAccounts",
      {
        items: [
          { id: "a", customerId: "c-1" },
          { id: "b", customerId: "c-1" },
        ],
      },
      "c-1",
    );
    evidence.noteParameter("getProfile", "customerId", "c-1", "c-1");
    evidence.noteAnswer("getShop", { ownerId: count % 2 === 0 ? "c-1" : "c-2" }, "c-1");
  }
  assert.deepEqual(
    suggestOwners(evidence.all(), 20).map(({ equal, operation, other, rule }) => [
      operation,
      rule,
      equal,
      other,
    ]),
    [
      ["getAccount", "owner: { response: /customerId, is: token.sub }", 99, 1],
      ["listAccounts", "owner: { response: /items/*/customerId, is: token.sub }", 100, 0],
      ["getProfile", "owner: { param: customerId, is: token.sub }", 100, 0],
    ],
  );
  assert.deepEqual(suggestOwners(evidence.all(), 1000), []);
});

test("the counts hold no value, and their number is bounded", () => {
  const evidence = new OwnerEvidence();
  for (let count = 0; count < 20_000; count += 1)
    evidence.noteAnswer(`operation-${count}`, { userId: `secret-${count}` }, "x");
  assert.ok(evidence.all().length <= 5000);
  assert.ok(!JSON.stringify(evidence.all()).includes("secret-"));
});
