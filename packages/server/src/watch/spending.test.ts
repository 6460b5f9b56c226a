import assert from "node:assert/strict";
import { test } from "node:test";
import { Spenders } from "./spenders.ts";
import { Spending } from "./spending.ts";

/** By chance, and the same in each run. */
function chance(): () => number {
  let state = 12_345;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state / 2 ** 32;
  };
}

test("where few ask, each request is counted as it is", () => {
  const spending = new Spending(chance());
  for (let count = 0; count < 100; count += 1)
    spending.note("203.0.113.9", count % 10 === 0 ? "ann" : undefined, "search", 5, count < 20);
  const told = spending.take();
  assert.equal(told?.isSampled, false);
  assert.deepEqual(told?.spent, [
    { user: "ann", address: "203.0.113.9", operation: "search", requests: 10, cost: 50, held: 2 },
    {
      user: undefined,
      address: "203.0.113.9",
      operation: "search",
      requests: 90,
      cost: 450,
      held: 18,
    },
  ]);
  assert.equal(spending.take(), undefined, "told once");
});

test("where many ask, few are looked at, and who spends most is found with what they spend", () => {
  const spending = new Spending(chance());
  const spenders = new Spenders(() => 0);
  const [requests, abuser] = [1_000_000, 0.3];
  const random = chance();
  let [rows, spent] = [0, 0];
  for (let count = 0; count < requests; count += 1) {
    const isAbuser = random() < abuser;
    if (isAbuser) spent += 3;
    spending.note(
      isAbuser ? "203.0.113.9" : `2001:db8:${count % 60_000}::${count}`,
      undefined,
      "search",
      isAbuser ? 3 : 1,
      false,
    );
    if (count % 100_000 !== 0) continue;
    const told = spending.take();
    rows += told?.spent.length ?? 0;
    if (told !== undefined) spenders.merge(told);
  }
  const told = spending.take();
  if (told !== undefined) spenders.merge(told);
  const { isEstimated, items, requests: counted } = spenders.top("address", 3);
  assert.equal(isEstimated, true);
  assert.ok(rows < requests / 50, `${rows} rows were told`);
  assert.equal(items[0]?.who, "address:203.0.113.9");
  assert.ok(Math.abs((items[0]?.cost ?? 0) / spent - 1) < 0.1, `${items[0]?.cost} of ${spent}`);
  assert.ok(Math.abs(counted / requests - 1) < 0.1, `${counted} of ${requests}`);
});

test("after a rush requests are looked at one by one again", () => {
  const spending = new Spending(chance());
  for (let count = 0; count < 100_000; count += 1) spending.note("a", undefined, "x", 1, false);
  spending.take();
  for (let quiet = 0; quiet < 20; quiet += 1) spending.take();
  spending.note("a", undefined, "x", 1, false);
  for (let count = 0; count < 50; count += 1) spending.note("b", undefined, "x", 1, false);
  const last = spending.take();
  assert.equal(last?.spent.find(({ address }) => address === "b")?.requests, 50);
});

test("a minute later nothing of it is left", () => {
  let now = 0;
  const spenders = new Spenders(() => now);
  const one = { user: "ann", address: "::1", operation: "x", requests: 4, cost: 4, held: 0 };
  spenders.merge({ spent: [one], isSampled: false });
  now = 59_000;
  assert.equal(spenders.top("user", 5).items[0]?.cost, 4);
  now = 70_000;
  assert.deepEqual(spenders.top("user", 5), {
    items: [],
    requests: 0,
    cost: 0,
    isEstimated: false,
  });
});

test("invented callers, however many, take bounded room and hide nobody", () => {
  const spenders = new Spenders(() => 0);
  const row = (user: string, requests: number) => ({
    user,
    address: `${user} address`,
    operation: "x",
    requests,
    cost: requests,
    held: 0,
  });
  for (let batch = 0; batch < 60; batch += 1) {
    const invented = Array.from({ length: 1024 }, (_, one) => row(`invented ${batch} ${one}`, 1));
    spenders.merge({ spent: [row("ann", 20), ...invented], isSampled: false });
  }
  assert.deepEqual(spenders.top("user", 1).items[0], {
    who: "user:ann",
    requests: 1200,
    cost: 1200,
    held: 0,
  });
  assert.ok(spenders.top("user", 1e6).items.length <= 16_384);
});
