import assert from "node:assert/strict";
import { test } from "node:test";
import { amountText, mostAmount, readAmount } from "./amount.ts";
import { readBytes, readSum } from "./rate.ts";

test("an amount is read as every program reads it, in millionths, or not at all", () => {
  for (const [value, units] of [
    [0, 0],
    [-0, 0],
    [1, 1_000_000],
    [0.1, 100_000],
    [19.99, 19_990_000],
    [1e-6, 1],
    [1e-7, undefined],
    [0.000_01, 10],
    ["19.990000000", 19_990_000],
    ["0.000001", 1],
    ["0.0000001", undefined],
    [0.1 + 0.2, undefined],
    [mostAmount, mostAmount * 1e6],
    [-1, undefined],
    ["-1", undefined],
    ["+1", undefined],
    ["", undefined],
    [" 1", undefined],
    ["1 ", undefined],
    ["01", undefined],
    ["1.", undefined],
    [".5", undefined],
    ["1e3", undefined],
    ["0x10", undefined],
    ["1,000", undefined],
    ["１２", undefined],
    ["NaN", undefined],
    [Number.NaN, undefined],
    [Infinity, undefined],
    [1e21, undefined],
    [true, undefined],
    [null, undefined],
    [undefined, undefined],
    [[5], undefined],
    [{ valueOf: 5 }, undefined],
  ] as const)
    assert.equal(readAmount(value), units, JSON.stringify(value));
  assert.ok((readAmount(5e9) as number) > mostAmount * 1e6);
  assert.ok((readAmount("999999999999999") as number) > mostAmount * 1e6);
  assert.equal(amountText(99_500_000), "99.5");
});

test("a hundred thousand prices come to exactly what they come to", () => {
  let sum = 0;
  for (let count = 0; count < 100_000; count += 1) sum += readAmount(0.1) as number;
  assert.equal(sum, 10_000 * 1e6);
});

test("bytes and sums are of a time, and of nothing else", () => {
  assert.deepEqual(readBytes("50MiB/hour"), {
    kind: "rate",
    rate: { count: 52_428_800, windowMs: 3_600_000 },
  });
  assert.deepEqual(readBytes("2GB/day"), { kind: "quota", quota: { most: 2e9, window: "day" } });
  assert.deepEqual(readSum("99.50/month"), {
    kind: "quota",
    quota: { most: 99_500_000, window: "month" },
  });
  assert.equal(readSum("2000/hour")?.kind, "rate");
  for (const text of [
    "50MiB",
    "0B/s",
    "50MiB/ever",
    "50 MiB/hour",
    "-1MB/day",
    "1PB/day",
    "9999999999TiB/day",
  ])
    assert.equal(readBytes(text), undefined, text);
  for (const text of ["2000", "0/day", "-5/day", "1e3/day", "2000/week", "1000000000/day", "/day"])
    assert.equal(readSum(text), undefined, text);
});
