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

test("look-aheads at the beginning are taken apart, so that texts of any length are matched", () => {
  const password = compileBoundedPattern("^(?=.*[a-z])(?=.*\\d)(?!.*admin)([a-z0-9]+-?)+$");
  const long = "abc1-".repeat(2000);
  assert.equal(password.test(`${long}x`), true);
  assert.equal(password.test(`${long}admin`), false);
  assert.equal(password.test(`${long}!`), false);
  assert.equal(compileBoundedPattern("(?!^[0-9]+$)^([a-z0-9]+)+$").test("123"), false);
  assert.equal(compileBoundedPattern("(?!^[0-9]+$)^([a-z0-9]+)+$").test("12a"), true);
  // The look-ahead belongs to the first choice alone.
  assert.equal(compileBoundedPattern("^(?=a)(a+)+b|(c+)+$").test("cc"), true);
});

test("loops within loops beside other look-around see short texts, for a short time", () => {
  const domain = compileBoundedPattern("^((?!-)[A-Za-z0-9-]{1,63}(?<!-)\\.)+[A-Za-z]{2,6}$");
  assert.equal(domain.test("api.example.com"), true);
  assert.equal(domain.test("-api.example.com"), false);
  assert.equal(domain.test(`${"a".repeat(300)}.com`), false);
  for (const [pattern, text] of [
    ["x(?=(a+)+$)a$", `x${"a".repeat(60)}!`],
    ["^(a+)+\\1b$", "a".repeat(60)],
    ["^(a{1,50}){1,50}(?!b)$", `${"a".repeat(60)}!`],
  ] as const)
    assert.equal(compileBoundedPattern(pattern).test(text), false, pattern);
});

test("a pattern of another language is refused: it would be read as other letters", () => {
  for (const pattern of ["(", "^\\p{IsLetter}+$", "\\A[a-z]+\\z", "^\\p{Alnum}$"])
    assert.throws(() => compileBoundedPattern(pattern), SyntaxError);
});

test("a pattern that only backtracking understands sees no long text", () => {
  const pattern = compileBoundedPattern("^name(?!.*admin).*name.*$");
  assert.equal(pattern.test("name my name"), true);
  assert.equal(pattern.test(`name name${"x".repeat(300)}`), false);
});
