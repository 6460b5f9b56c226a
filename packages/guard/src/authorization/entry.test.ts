import assert from "node:assert/strict";
import { test } from "node:test";
import { compileEntry, compileHeldScopes } from "./entry.ts";

const held = compileHeldScopes({ customer: ["accounts:read"], teller: ["accounts:read", "accounts:write"] });
const none = { scopes: [], roles: [] };

test("an operation without a rule is closed to everybody", () => {
  const entry = compileEntry(undefined, held);
  assert.equal(entry?.({ scopes: ["admin"], roles: ["admin"] })?.code, "rule-missing");
});

test("an operation open to anybody costs nothing", () => {
  assert.equal(compileEntry({ anonymous: true, alternatives: [], roles: [] }, held), undefined);
});

test("an empty list of ways in asks for a valid credential", () => {
  const entry = compileEntry({ anonymous: false, alternatives: [], roles: [] }, held);
  assert.equal(entry?.(undefined)?.code, "credential-missing");
  assert.equal(entry?.(none), undefined);
});

test("scopes come from the token, or from the policy's roles", () => {
  const entry = compileEntry({ anonymous: false, alternatives: [{ scopes: ["accounts:write"] }], roles: [] }, held);
  assert.equal(entry?.({ scopes: ["accounts:write"], roles: [] }), undefined);
  assert.equal(entry?.({ scopes: [], roles: ["teller"] }), undefined);
  assert.equal(entry?.({ scopes: [], roles: ["customer"] })?.code, "scope-insufficient");
  assert.equal(entry?.({ scopes: [], roles: ["__proto__", "constructor"] })?.code, "scope-insufficient");
});

test("one alternative suffices, but all of its scopes are needed", () => {
  const entry = compileEntry({ anonymous: false, alternatives: [{ scopes: ["a", "b"] }, { scopes: ["c"] }], roles: [] }, held);
  assert.equal(entry?.({ scopes: ["a"], roles: [] })?.code, "scope-insufficient");
  assert.equal(entry?.({ scopes: ["a", "b"], roles: [] }), undefined);
  assert.equal(entry?.({ scopes: ["c"], roles: [] }), undefined);
});

test("a role asked for cannot be replaced by a scope", () => {
  const entry = compileEntry({ anonymous: false, alternatives: [{ scopes: [] }], roles: ["support"] }, held);
  assert.equal(entry?.({ scopes: ["support"], roles: ["customer"] })?.code, "role-insufficient");
});
