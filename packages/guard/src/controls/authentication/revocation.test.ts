import assert from "node:assert/strict";
import { test } from "node:test";
import type { Caller } from "../../facts/caller.ts";
import { type Revocation, Revocations } from "./revocation.ts";

const caller: Caller = {
  subject: "u-1",
  source: "issuer",
  key: "u-1",
  elsewhere: false,
  clientId: "app",
  scopes: [],
  roles: [],
  tier: undefined,
  deviceId: "d-1",
  boundKey: undefined,
  boundCertificate: undefined,
  sessionId: "s-1",
  accountVersion: 3,
  tokenId: "t-1",
  issuedAtSeconds: 1000,
  expiresAtSeconds: 2000,
  claims: {},
};
const of = (
  kind: Revocation["kind"],
  value: string,
  rest: Partial<Revocation> = {},
): Revocation => ({
  kind,
  value,
  beforeSeconds: undefined,
  leastVersion: undefined,
  expiresAtSeconds: 5000,
  ...rest,
});
const judged = (revocation: Revocation, who: Caller = caller): string | undefined => {
  const revocations = new Revocations();
  revocations.add([revocation]);
  return revocations.check(who)?.problem.code;
};

test("a token is refused by its own name, its session, device, person and client, and by nobody else's", () => {
  for (const [kind, value] of [
    ["token", "t-1"],
    ["session", "s-1"],
    ["device", "d-1"],
    ["subject", "u-1"],
    ["client", "app"],
  ] as const) {
    assert.equal(judged(of(kind, value)), "token-revoked", kind);
    assert.equal(judged(of(kind, `${value}0`)), undefined, kind);
  }
});

test("everything before a moment is refused, and nothing after it", () => {
  assert.equal(judged(of("everything", "", { beforeSeconds: 1000 })), "token-revoked");
  assert.equal(judged(of("everything", "", { beforeSeconds: 999 })), undefined);
  assert.equal(judged(of("subject", "u-1", { beforeSeconds: 1000 })), "token-revoked");
  assert.equal(
    judged(of("everything", "", { beforeSeconds: 1 }), {
      ...caller,
      issuedAtSeconds: undefined,
    }),
    "token-revoked",
  );
});

test("a token of an account that was changed since is outdated, which a refresh mends", () => {
  assert.equal(judged(of("subject", "u-1", { leastVersion: 4 })), "token-outdated");
  assert.equal(judged(of("subject", "u-1", { leastVersion: 3 })), undefined);
  assert.equal(
    judged(of("subject", "u-1", { leastVersion: 1 }), { ...caller, accountVersion: undefined }),
    "token-outdated",
  );
});

test("what no token can be of any more is forgotten", () => {
  const revocations = new Revocations();
  revocations.add([
    of("token", "t-1"),
    of("token", "t-2", { expiresAtSeconds: 9000 }),
    of("token", "t-1"),
  ]);
  assert.equal(revocations.size, 2);
  revocations.forgetExpired(6000);
  assert.equal(revocations.size, 1);
  assert.equal(revocations.check(caller), undefined);
});

test("a revocation is kept for as long as a token that it speaks of may live, and then forgotten", () => {
  const revocations = new Revocations();
  revocations.add([of("session", "s-1", { expiresAtSeconds: 5000 })]);
  revocations.forgetExpired(5000);
  assert.equal(revocations.check(caller)?.problem.code, "token-revoked");
  revocations.forgetExpired(5001);
  assert.deepEqual([revocations.check(caller), revocations.size], [undefined, 0]);
});

test("of several sources, a revocation ends what its own source has named, and no other's", () => {
  const own: Caller = { ...caller, key: "issuer/u-1" };
  const other: Caller = { ...caller, source: "people", key: "people/u-1" };
  for (const [kind, name] of [
    ["session", "s-1"],
    ["subject", "u-1"],
    ["device", "d-1"],
    ["token", "t-1"],
    ["client", "app"],
  ] as const) {
    // The issuer itself writes down its names alone.
    assert.equal(judged(of(kind, name), own), "token-revoked", kind);
    assert.equal(judged(of(kind, `issuer/${name}`), own), "token-revoked", kind);
    assert.equal(judged(of(kind, name), other), undefined, kind);
    assert.equal(judged(of(kind, `people/${name}`), own), undefined, kind);
    assert.equal(judged(of(kind, `people/${name}`), other), "token-revoked", kind);
  }
  assert.equal(judged(of("everything", ""), other), "token-revoked");
});
