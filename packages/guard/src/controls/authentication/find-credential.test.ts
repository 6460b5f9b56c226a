import assert from "node:assert/strict";
import { test } from "node:test";
import { isRefusal } from "../../facts/refusal.ts";
import { compileCredentialFinder, type CredentialSource } from "./find-credential.ts";

const find = compileCredentialFinder(
  [
    { header: "Authorization", scheme: "Bearer" },
    { header: "X-Api-Token", scheme: undefined },
    { cookie: "session" },
    { query: "api_key" },
  ].map((source) => ({ source: source as CredentialSource, taker: undefined, form: "token" })),
);
const outcome = (...rawHeaders: string[]): string | undefined => {
  return asked("", ...rawHeaders);
};

function asked(query: string, ...rawHeaders: string[]): string | undefined {
  const found = find(rawHeaders, query);
  if (found === undefined) return undefined;
  return isRefusal(found) ? found.problem.code : found.credential;
}

test("the credential is found where the policy says it sits", () => {
  assert.equal(outcome("authorization", "bearer abc.def-_~+/="), "abc.def-_~+/=");
  assert.equal(outcome("X-API-Token", "abc"), "abc");
  assert.equal(outcome("Cookie", "a=b; session=abc"), "abc");
  assert.equal(outcome("Accept", "*/*"), undefined);
  assert.equal(asked("a=b&api_key=abc"), "abc");
  assert.equal(asked("a=b&%61pi_key=%61bc"), "abc");
});

test("two credentials, anywhere, are refused", () => {
  assert.equal(
    outcome("Authorization", "Bearer a", "Authorization", "Bearer a"),
    "credential-ambiguous",
  );
  assert.equal(outcome("Authorization", "Bearer a", "Cookie", "session=b"), "credential-ambiguous");
  assert.equal(outcome("Cookie", "session=a; session=b"), "credential-ambiguous");
  assert.equal(asked("api_key=a&api_key=a"), "credential-ambiguous");
  assert.equal(asked("api_key=a", "Authorization", "Bearer a"), "credential-ambiguous");
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
