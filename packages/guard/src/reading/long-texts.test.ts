import assert from "node:assert/strict";
import { test } from "node:test";
import { countOddNumbers } from "./odd-numbers.ts";
import { isKeptByDouble, plainInteger } from "./plain-number.ts";
import { readStrictJson } from "./strict-json.ts";
import { writePairs } from "./write-pairs.ts";

/**
 * A photograph in a body is one text of many mebibytes, and an attacker's number has as many digits
 * as a body has room for. An expression that needs a stack as deep as its text throws here; one that
 * begins again at every sign does not end.
 */
const photograph = "A9+/".repeat(3 << 20);
const digits = `0.1${"0".repeat(1 << 20)}1`;

const readers: Readonly<Record<string, readonly [() => unknown, unknown]>> = {
  "a string beside an odd number": [
    () => countOddNumbers(`{"image":"${photograph}","amount":7.0}`, 10),
    { odd: 1, respelled: 1 },
  ],
  "a string of escapes": [
    () => countOddNumbers(`{"text":"${String.raw`\"\\`.repeat(4 << 20)}","amount":7.0}`, 10),
    { odd: 1, respelled: 1 },
  ],
  "a number of a mebibyte": [
    () => countOddNumbers(`{"amount":${digits}}`, 10),
    { odd: 1, respelled: 1 },
  ],
  "a number's plain spelling": [() => plainInteger(digits), undefined],
  "a number's value": [() => isKeptByDouble(digits), false],
  "a field of a form": [
    () => writePairs(`image=${photograph.replaceAll("+", "-")}`, "+")?.length,
    photograph.length + 6,
  ],
  "a field of escapes": [
    () => writePairs(`text=${"%C3%A9+".repeat(1 << 20)}`, "+")?.length,
    7340037,
  ],
};

for (const [what, [read, expected]] of Object.entries(readers))
  test(`${what} is read however long it is`, () => {
    assert.deepEqual(read(), expected);
  });

test("a list of a million numbers is read once, also when the compiler knows the reader well", () => {
  const list = (count: number): Buffer => Buffer.from(`[${"1,".repeat(count)}1.0]`);
  // Optimized, a search that stood behind a condition was made at every sign.
  for (let round = 0; round < 300; round += 1) readStrictJson(list(2000));
  for (let round = 0; round < 300; round += 1) countOddNumbers(list(2000).toString(), 10);
  const read = readStrictJson(list(2 << 20));
  assert.ok("value" in read && Array.isArray(read.value));
  assert.equal(read.value.length, (2 << 20) + 1);
  assert.deepEqual(countOddNumbers(read.text, 10), { odd: 1, respelled: 1 });
});

test("numbers are told from digits in strings, whatever stands before a quote", () => {
  for (const [text, odd] of [
    [String.raw`{"a":"\"1.0","b":"\\","c":"2.0\\\"3.0"}`, 0],
    [String.raw`{"a":"\\","b":1.0}`, 1],
    [String.raw`{"a\"":1.0,"b":"\\\"",":":2.0}`, 2],
    [`[1.0,"",-0,"1e5",1e5]`, 3],
  ] as const)
    assert.equal(countOddNumbers(text, 10).odd, odd, text);
});
