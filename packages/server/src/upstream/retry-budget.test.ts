import assert from "node:assert/strict";
import { test } from "node:test";
import { RetryBudget } from "./retry-budget.ts";

const spent = (budget: RetryBudget): number => {
  let count = 0;
  while (count < 1000 && budget.spend()) count += 1;
  return count;
};

test("one request in five may be sent again, however many of them fail", () => {
  const budget = new RetryBudget();
  spent(budget);
  let again = 0;
  for (let request = 0; request < 1000; request += 1) {
    budget.earn();
    if (budget.spend()) again += 1;
  }
  assert.ok(again >= 199 && again <= 200, `${again} of 1000 were sent again`);
});

test("what a quiet gate saves up is bounded", () => {
  const budget = new RetryBudget();
  assert.equal(spent(budget), 10);
  for (let request = 0; request < 10_000; request += 1) budget.earn();
  assert.equal(spent(budget), 20);
});
