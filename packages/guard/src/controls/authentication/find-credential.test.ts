import assert from "node:assert/strict";
import { test } from "node:test";
import { compileCredentialFinder } from "./find-credential.ts";

const find = compileCredentialFinder([
  { header: "Authorization", scheme: "Bearer" },
  { header: "X-Api-Token", scheme: undefined },
  { cookie: "session" },
]);
const outcome = (...rawHeaders: string[]): string | undefined => {
  const found = find(rawHeaders);
  return typeof found === "object" ? found.problem.code : found;
};

test("the credential is found where the policy says it sits", () => {
  assert.equal(outcome("authorization", "bearer abc.def-_~+/="), "abc.def-_~+/=");
  assert.equal(outcome("X-API-Token", "abc"), "abc");
  assert.equal(outcome("Cookie", "a=b; session=abc"), "abc");
  assert.equal(outcome("Accept", "*/*"), undefined);
});

test("two credentials, anywhere, are refused", () => {
  assert.equal(
    outcome("Authorization", "Bearer a", "Authorization", "Bearer a"),
    "credential-ambiguous",
  );
  assert.equal(outcome("Authorization", "Bearer a", "Cookie", "session=b"), "credential-ambiguous");
  assert.equal(outcome("Cookie", "session=a; session=b"), "credential-ambiguous");
});

test("another scheme is not this credential", () => {
  assert.equal(outcome("Authorization", "Basic YTpi"), undefined);
});

test("what is not one token in its plain form is malformed", () => {
  for (const value of [
    "Bearer",
    "Bearer ",
    "Bearer  a",
    "Bearer a b",
    "Bearer a,b",
    "Bearer a\tb",
    'Bearer "a"',
    "Bearer =",
  ])
    assert.equal(outcome("Authorization", value), "credential-malformed", JSON.stringify(value));
});
