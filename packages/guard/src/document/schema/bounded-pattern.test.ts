import assert from "node:assert/strict";
import { test } from "node:test";
import { compileBoundedPattern } from "./bounded-pattern.ts";

test("patterns of real documents match what they say", () => {
  for (const [pattern, fits, not] of [
    ["^[A-Z]{2}\\d{2}[A-Z0-9]{1,30}$", "NL91ABNA0417164300", "nl91"],
    ["^\\d{3}-\\d{4}$", "555-1234", "5551234"],
    ["^[\\w.+-]+@[\\w-]+\\.[\\w.-]+$", "a.b@example.com", "a@b"],
    ["^(?=.*[a-z])(?=.*\\d).{8,}$", "passw0rd", "password"],
    ["^([a-z]+\\.)+com$", "a.b.com", "a.b.org"],
    ["^\\p{L}+$", "Zoë", "a1"],
    ["^[a-z\\-]+$", "a-b", "a_b"],
    ["^(foo|bar)*$", "foobar", "foobaz"],
  ] as const) {
    const compiled = compileBoundedPattern(pattern);
    assert.equal(compiled.test(fits), true, pattern);
    assert.equal(compiled.test(not), false, pattern);
  }
});

test("a hostile pattern on a hostile text ends, because it does not backtrack", () => {
  for (const pattern of [
    "^(a+)+$",
    "^(a|aa)+$",
    "^(a|a?)+$",
    "^([a-zA-Z0-9]+\\s?)*$",
    "^(.*)*x$",
    "^a*a*a*a*a*a*b$",
    "(x+x+)+y",
  ]) {
    assert.equal(compileBoundedPattern(pattern).test(`${"a".repeat(5000)}!`), false, pattern);
  }
});

test("loops within loops beside look-around cannot be bounded and are refused", () => {
  assert.throws(() => compileBoundedPattern("^(?=(a+)+$)a$"), /bounded time/);
  assert.throws(() => compileBoundedPattern("^(a+)+\\1$"), /bounded time/);
  assert.throws(() => compileBoundedPattern("^(a{1,50}){1,50}$"), /bounded time/);
  assert.throws(() => compileBoundedPattern("("), SyntaxError);
});

test("a pattern that only backtracking understands sees no long text", () => {
  const pattern = compileBoundedPattern("^(?!.*admin).*name.*$");
  assert.equal(pattern.test("my name"), true);
  assert.equal(pattern.test(`name${"x".repeat(300)}`), false);
});
