import assert from "node:assert/strict";
import { test } from "node:test";
import { type Caller, compileClaim, mayBeBound } from "./caller.ts";

const of = (source: string, rest: Partial<Caller> = {}): Caller =>
  ({ source, subject: "7", claims: { org: "o" }, ...rest }) as Caller;

test("a claim of one source is no claim of the callers of another", () => {
  const peoples = compileClaim("people.sub");
  assert.equal(peoples(of("people")), "7");
  assert.equal(peoples(of("partners")), undefined);
  assert.equal(compileClaim("people.org")(of("partners")), undefined);
  assert.equal(compileClaim("token.sub")(of("partners")), "7");
});

test("keys and sessions of other sources need no proof, and whatever names a key does", () => {
  const cases: readonly (readonly [Caller, boolean])[] = [
    [of("issuer"), true],
    [of("machines"), false],
    [of("machines", { boundKey: "k" }), true],
    [of("machines", { boundCertificate: "c" }), true],
  ];
  for (const [caller, needed] of cases) assert.equal(mayBeBound(caller), needed);
});
