import assert from "node:assert/strict";
import { test } from "node:test";
import { compileEntry, compileHeldScopes } from "./entry.ts";

const held = compileHeldScopes({ customer: ["accounts:read"], teller: ["accounts:read", "accounts:write"] });
const none = { scopes: [], roles: [], clients: [] };

test("an operation without a rule is closed to everybody", () => {
  const entry = compileEntry(undefined, held);
  assert.equal(entry?.({ scopes: ["admin"], roles: ["admin"] })?.code, "rule-missing");
});

test("an operation open to anybody costs nothing", () => {
  assert.equal(compileEntry({ anonymous: true, alternatives: [], roles: [], clients: [] }, held), undefined);
});

test("an empty list of ways in asks for a valid credential", () => {
  const entry = compileEntry({ anonymous: false, alternatives: [], roles: [], clients: [] }, held);
  assert.equal(entry?.(undefined)?.code, "credential-missing");
  assert.equal(entry?.(none), undefined);
});

test("scopes come from the token, or from the policy's roles", () => {
  const entry = compileEntry({ anonymous: false, alternatives: [{ scopes: ["accounts:write"] }], roles: [], clients: [] }, held);
  assert.equal(entry?.({ scopes: ["accounts:write"], roles: [] }), undefined);
  assert.equal(entry?.({ scopes: [], roles: ["teller"] }), undefined);
  assert.equal(entry?.({ scopes: [], roles: ["customer"] })?.code, "scope-insufficient");
  assert.equal(entry?.({ scopes: [], roles: ["__proto__", "constructor"] })?.code, "scope-insufficient");
});

test("one alternative suffices, but all of its scopes are needed", () => {
  const entry = compileEntry({ anonymous: false, alternatives: [{ scopes: ["a", "b"] }, { scopes: ["c"] }], roles: [], clients: [] }, held);
  assert.equal(entry?.({ scopes: ["a"], roles: [] })?.code, "scope-insufficient");
  assert.equal(entry?.({ scopes: ["a", "b"], roles: [] }), undefined);
  assert.equal(entry?.({ scopes: ["c"], roles: [] }), undefined);
});

test("a role asked for cannot be replaced by a scope", () => {
  const entry = compileEntry({ anonymous: false, alternatives: [{ scopes: [] }], roles: ["support"], clients: [] }, held);
  assert.equal(entry?.({ scopes: ["support"], roles: ["customer"] })?.code, "role-insufficient");
});

test("an operation for some apps only is closed to the others, whoever holds the phone", () => {
  const entry = compileEntry({ anonymous: false, alternatives: [], roles: [], clients: ["admin-console"] }, held);
  assert.equal(entry?.({ scopes: [], roles: [], clientId: "admin-console" }), undefined);
  assert.equal(entry?.({ scopes: [], roles: ["admin"], clientId: "harbour-ios" })?.code, "client-refused");
  assert.equal(entry?.({ scopes: [], roles: ["admin"] })?.code, "client-refused");
});
