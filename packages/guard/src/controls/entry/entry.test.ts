import assert from "node:assert/strict";
import { test } from "node:test";
import { compileEntry, compileHeldScopes, type Entering, entryRuleOf } from "./entry.ts";

const held = compileHeldScopes({
  customer: ["accounts:read"],
  teller: ["accounts:read", "accounts:write"],
});
const caller = (says: Partial<Entering>): Entering => ({
  clientId: undefined,
  scopes: [],
  roles: [],
  ...says,
});

test("an operation without a rule is closed to everybody", () => {
  const entry = compileEntry(undefined, held);
  assert.equal(
    entry?.(caller({ scopes: ["admin"], roles: ["admin"] }))?.problem.code,
    "rule-missing",
  );
});

test("an operation open to anybody costs nothing", () => {
  assert.equal(
    compileEntry({ anonymous: true, alternatives: [], roles: [], clients: [] }, held),
    undefined,
  );
});

test("an empty list of ways in asks for a valid credential", () => {
  const entry = compileEntry({ anonymous: false, alternatives: [], roles: [], clients: [] }, held);
  assert.equal(entry?.(undefined)?.problem.code, "credential-missing");
  assert.equal(entry?.(caller({})), undefined);
});

test("scopes come from the token, or from the policy's roles", () => {
  const entry = compileEntry(
    { anonymous: false, alternatives: [{ scopes: ["accounts:write"] }], roles: [], clients: [] },
    held,
  );
  assert.equal(entry?.(caller({ scopes: ["accounts:write"], roles: [] })), undefined);
  assert.equal(entry?.(caller({ scopes: [], roles: ["teller"] })), undefined);
  assert.equal(
    entry?.(caller({ scopes: [], roles: ["customer"] }))?.problem.code,
    "scope-insufficient",
  );
  assert.equal(
    entry?.(caller({ scopes: [], roles: ["__proto__", "constructor"] }))?.problem.code,
    "scope-insufficient",
  );
});

test("one alternative suffices, but all of its scopes are needed", () => {
  const entry = compileEntry(
    {
      anonymous: false,
      alternatives: [{ scopes: ["a", "b"] }, { scopes: ["c"] }],
      roles: [],
      clients: [],
    },
    held,
  );
  assert.equal(entry?.(caller({ scopes: ["a"], roles: [] }))?.problem.code, "scope-insufficient");
  assert.equal(entry?.(caller({ scopes: ["a", "b"], roles: [] })), undefined);
  assert.equal(entry?.(caller({ scopes: ["c"], roles: [] })), undefined);
});

test("a role asked for cannot be replaced by a scope", () => {
  const entry = compileEntry(
    { anonymous: false, alternatives: [{ scopes: [] }], roles: ["support"], clients: [] },
    held,
  );
  assert.equal(
    entry?.(caller({ scopes: ["support"], roles: ["customer"] }))?.problem.code,
    "role-insufficient",
  );
});

test("an operation for some apps only is closed to the others, whoever holds the phone", () => {
  const entry = compileEntry(
    { anonymous: false, alternatives: [], roles: [], clients: ["admin-console"] },
    held,
  );
  assert.equal(entry?.(caller({ scopes: [], roles: [], clientId: "admin-console" })), undefined);
  assert.equal(
    entry?.(caller({ scopes: [], roles: ["admin"], clientId: "harbour-ios" }))?.problem.code,
    "client-refused",
  );
  assert.equal(entry?.(caller({ scopes: [], roles: ["admin"] }))?.problem.code, "client-refused");
});

test("an operation of whose callers the document says nothing is closed, and only an empty one is open", () => {
  assert.equal(entryRuleOf(undefined), undefined);
  const isOpen = (security: Parameters<typeof entryRuleOf>[0]): boolean | undefined =>
    entryRuleOf(security)?.anonymous;
  assert.equal(isOpen([]), true);
  assert.equal(isOpen([{ token: [] }, {}]), true);
  assert.equal(isOpen([{ token: [] }]), false);
  assert.equal(isOpen([{ token: [] }, { key: ["accounts:read"] }]), false);
});
