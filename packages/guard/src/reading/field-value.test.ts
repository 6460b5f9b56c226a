import assert from "node:assert/strict";
import { test } from "node:test";
import { isFieldValue } from "./field-value.ts";

/** RFC 9110 section 5.5: HTAB, SP, what is visible, and bytes above ASCII. */
const mayHold = (code: number): boolean =>
  code === 9 || (code >= 0x20 && code <= 0x7e) || (code >= 0x80 && code <= 0xff);

for (const [name, around] of [
  ["short", ""],
  ["long", "x".repeat(600)],
] as const)
  test(`of every character it is known whether a ${name} value may hold it, wherever it stands`, () => {
    const wrong: number[] = [];
    for (let code = 0; code < 0x10000; code += 1) {
      const one = String.fromCharCode(code);
      const said = [`${one}${around}`, `${around}${one}`, `${around}${one}a`].map(isFieldValue);
      if (said.some((is) => is !== mayHold(code))) wrong.push(code);
    }
    assert.deepEqual(wrong, []);
  });
