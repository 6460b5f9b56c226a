import assert from "node:assert/strict";
import { test } from "node:test";
import { readPairs } from "./query-pairs.ts";

const pairsOf = (text: string, most = 10): readonly string[] | undefined =>
  readPairs(text, most)?.map(({ name, value }) => `${name}:${value}`);

test("a query is read as forms are written, each name and value decoded once", () => {
  assert.deepEqual(pairsOf(""), []);
  assert.deepEqual(pairsOf("a=1&b=2&a=3"), ["a:1", "b:2", "a:3"]);
  assert.deepEqual(pairsOf("a&b=&&c=d=e&"), ["a:", "b:", "c:d=e"]);
  assert.deepEqual(pairsOf("a+b=c%20d&%61=%2525"), ["a b:c d", "a:%25"]);
});

test("a query that programs divide in two ways is not read", () => {
  for (const text of ["a=1;b=2", "a;b", "a=1&b=2;c", "=1", "a=%zz", "a=%ff", "a=%"])
    assert.equal(pairsOf(text), undefined, text);
  assert.deepEqual(pairsOf("a=1%3Bb"), ["a:1;b"]);
});

test("a query of more pairs than are counted is not read", () => {
  assert.equal(pairsOf("a&b&c", 3)?.length, 3);
  assert.equal(pairsOf("a&b&c&d", 3), undefined);
});
