import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "../../../../test/parts/test.ts";
import { readStrictJson } from "./strict-json.ts";

const textsOf = (suites: string): string => join(suites, "json-test-suite", "test_parsing");
const outcome = (bytes: Uint8Array): string => {
  const read = readStrictJson(bytes);
  return "unread" in read ? read.unread : "read";
};
const outcomeOf = (text: string): string => outcome(Buffer.from(text));

/**
 * Well-formed JSON that two programs read differently: refused on purpose, though the suite lets a
 * parser take them.
 */
const refusedThoughWellFormed = new Set([
  "y_object_duplicated_key.json",
  "y_object_duplicated_key_and_value.json",
]);

test("the public suite's texts that must parse are read, save those with two readings", {
  needs: ["suites"],
}, ({ suites }) => {
  const folder = textsOf(suites);
  const files = readdirSync(folder).filter((file) => file.startsWith("y_"));
  assert.ok(files.length > 90);
  for (const file of files)
    assert.equal(
      outcome(readFileSync(join(folder, file))),
      refusedThoughWellFormed.has(file) ? "ambiguous" : "read",
      file,
    );
});

test("the public suite's texts that must not parse are refused", { needs: ["suites"] }, ({
  suites,
}) => {
  const folder = textsOf(suites);
  const files = readdirSync(folder).filter((file) => file.startsWith("n_"));
  assert.ok(files.length > 180);
  for (const file of files)
    assert.notEqual(outcome(readFileSync(join(folder, file))), "read", file);
});

test("the public suite's free texts are refused where programs differ about them, and only there", {
  needs: ["suites"],
}, ({ suites }) => {
  const folder = textsOf(suites);
  const read = readdirSync(folder).filter(
    (file) => file.startsWith("i_") && outcome(readFileSync(join(folder, file))) === "read",
  );
  assert.deepEqual(read.sort(), [
    "i_number_double_huge_neg_exp.json",
    "i_number_real_underflow.json",
    "i_number_too_big_neg_int.json",
    "i_number_too_big_pos_int.json",
    "i_number_very_big_negative_int.json",
  ]);
});

test("a member that stands twice is found through escapes, at any depth, and never where a colon is text", () => {
  assert.equal(outcomeOf('{"a":1,"a":2}'), "ambiguous");
  assert.equal(outcomeOf('{"a":1,"\\u0061":2}'), "ambiguous");
  assert.equal(outcomeOf('[{"x":{"__proto__":1,"__proto__":2}}]'), "ambiguous");
  assert.equal(outcomeOf('{"a":"::\\"::","b":[{"a":1},{"a":1}],"c\\"":"\\\\"}'), "read");
  assert.equal(outcomeOf('{"constructor":1,"__proto__":{"toString":1}}'), "read");
});

test("surrogates go in pairs or not at all", () => {
  assert.equal(outcomeOf('"\\ud83d\\ude00"'), "read");
  for (const alone of [
    '"\\ud83d"',
    '"\\ude00"',
    '"\\ud83d x"',
    '"\\ud83d\\n"',
    '"\\ud83d\\ud83d\\ude00"',
  ])
    assert.equal(outcomeOf(alone), "ambiguous", alone);
});

test("depth is bounded before it is parsed, and numbers beyond a double are not passed on", () => {
  assert.equal(outcomeOf("[".repeat(1_000_000)), "ambiguous");
  assert.equal(outcomeOf(`${"[".repeat(64)}${"]".repeat(64)}`), "read");
  assert.equal(outcomeOf(`${"[".repeat(65)}${"]".repeat(65)}`), "ambiguous");
  assert.equal(outcomeOf("[1e400]"), "ambiguous");
  assert.equal(outcomeOf('{"a":-1e999}'), "ambiguous");
  assert.equal(outcomeOf("1e999"), "ambiguous");
});

test("a body of a million strings is read once, whether or not it holds an escape", () => {
  // Looking for the next escape at each string, this would not end before the runner loses its
  // patience.
  const strings = Array.from({ length: 2_000_000 }, () => '"a"').join(",");
  for (const tail of ["", ',"\\n"']) assert.equal(outcomeOf(`[${strings}${tail}]`), "read");
});
