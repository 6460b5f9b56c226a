import assert from "node:assert/strict";
import { test } from "node:test";
import { watchAddresses } from "./watch-addresses.ts";

test("a name that means other addresses is told of once, and one that cannot be looked up means what it did", async () => {
  const answers: (readonly string[] | undefined)[] = [
    ["10.0.0.1", "10.0.0.2"],
    ["10.0.0.2", "10.0.0.1"],
    undefined,
    ["10.0.0.3"],
    ["10.0.0.3"],
  ];
  let asked = 0;
  let changes = 0;
  const enough = new Promise<void>((resolve) => {
    const watching = watchAddresses(
      "backend.internal",
      () => (changes += 1),
      async () => {
        const answer = answers[Math.min(asked, answers.length - 1)];
        asked += 1;
        if (asked > answers.length + 1) {
          watching?.close();
          resolve();
        }
        if (answer === undefined) throw new Error("the resolver is away");
        return answer;
      },
      5,
    );
    // The watch alone does not keep a program running.
    setTimeout(() => undefined, 1000).ref();
  });
  await enough;
  assert.equal(changes, 1);
  assert.equal(
    watchAddresses(undefined, () => undefined),
    undefined,
  );
});
