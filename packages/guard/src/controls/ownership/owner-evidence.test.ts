import assert from "node:assert/strict";
import { test } from "node:test";
import { knownBy, OwnerEvidence } from "./owner-evidence.ts";
import { suggestOwners } from "./suggest-owners.ts";

test("a place that always names the caller is proposed, with its exceptions; one that does not is not", () => {
  const evidence = new OwnerEvidence();
  const by = { "token.sub": "c-1" };
  for (let count = 0; count < 100; count += 1) {
    evidence.noteAnswer(
      "getAccount",
      { id: `a-${count}`, customerId: count === 7 ? "c-9" : "c-1", balance: "c-1" },
      by,
    );
    evidence.noteAnswer(
      "listAccounts",
      {
        items: [
          { id: "a", customerId: "c-1" },
          { id: "b", customerId: "c-1" },
        ],
      },
      by,
    );
    evidence.noteParameter("getProfile", "customerId", "c-1", by);
    evidence.noteAnswer("getShop", { ownerId: count % 2 === 0 ? "c-1" : "c-2" }, by);
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
    evidence.noteAnswer(`operation-${count}`, { userId: `secret-${count}` }, { "token.sub": "x" });
  assert.ok(evidence.all().length <= 5000);
  assert.ok(!JSON.stringify(evidence.all()).includes("secret-"));
});

test("numbers and names are told apart by the claim that says them, and members by being among others", () => {
  const evidence = new OwnerEvidence();
  const caller = {
    subject: "ann",
    claims: { sub: "ann", user_id: 1001, session_id: 7, exp: 1, org: { id: 3 } },
  } as unknown as Parameters<typeof knownBy>[0];
  const by = knownBy(caller);
  assert.deepEqual(by, { "token.sub": "ann", "token.user_id": "1001" });
  for (let count = 0; count < 30; count += 1) {
    evidence.noteAnswer("getOrder", { id: `o-${count}`, ownerId: 1001 }, by);
    evidence.noteAnswer("getBoard", { members: [{ userId: 1002 }, { userId: 1001 }] }, by);
    evidence.noteAnswer("listBoards", [{ ownerId: 1002 }, { ownerId: 1001 }], by);
  }
  assert.deepEqual(
    suggestOwners(evidence.all(), 20).map(({ operation, rule }) => [operation, rule]),
    [
      ["getOrder", "owner: { response: /ownerId, is: token.user_id }"],
      ["getBoard", "owner: { response: /members/*/userId, is: token.user_id, some: true }"],
    ],
  );
});
