import assert from "node:assert/strict";
import { test } from "node:test";
import { compileClaim } from "../../facts/caller.ts";
import type { Refusal } from "../../facts/refusal.ts";
import { readPointer } from "../../reading/json-pointer.ts";
import type { JudgedFacts } from "./judge-atom.ts";
import { compileAtom } from "./owner-atoms.ts";
import { checkOwnerInAnswer } from "./owner-in-answer.ts";
import type { Asks } from "./owner-rule.ts";

const pointer = readPointer("/customerId");

test("the answer's owner must be the caller, to the letter", () => {
  for (const owner of ["c-10", "C-1", " c-1", "c-1 ", "c-", ""])
    assert.equal(
      checkOwnerInAnswer({ customerId: owner }, pointer, "c-1")?.problem.code,
      "object-not-yours",
      owner,
    );
  assert.equal(checkOwnerInAnswer({ customerId: "c-1" }, pointer, "c-1"), undefined);
  assert.equal(
    checkOwnerInAnswer({ customerId: "c-2" }, pointer, "c-1")?.problem.code,
    "object-not-yours",
  );
});

test("an answer whose owner is missing, null, a list or an object is nobody's, and never passed", () => {
  for (const answer of [
    {},
    { customerId: null },
    { customerId: ["c-1"] },
    { customerId: { id: "c-1" } },
    { customerId: true },
    null,
    [],
    "c-1",
    7,
  ]) {
    assert.equal(
      checkOwnerInAnswer(answer, pointer, "c-1")?.problem.code,
      "object-not-yours",
      JSON.stringify(answer),
    );
  }
});

test("a token that does not say who the caller is owns nothing", () => {
  assert.equal(
    checkOwnerInAnswer({ customerId: "undefined" }, pointer, undefined)?.problem.code,
    "object-not-yours",
  );
});

test("inherited properties name no owner", () => {
  assert.equal(
    checkOwnerInAnswer(Object.create({ customerId: "c-1" }), pointer, "c-1")?.problem.code,
    "object-not-yours",
  );
  assert.equal(
    compileClaim("token.constructor.name")({ source: "issuer", subject: "c-1", claims: {} }),
    undefined,
  );
});

test("every element of a list must be the caller's", () => {
  const list = readPointer("/items/*/owner/id");
  const item = (id: string): unknown => ({ owner: { id } });
  assert.equal(checkOwnerInAnswer({ items: [item("a"), item("a")] }, list, "a"), undefined);
  assert.equal(checkOwnerInAnswer({ items: [] }, list, "a"), undefined);
  assert.equal(
    checkOwnerInAnswer({ items: [item("a"), item("b")] }, list, "a")?.problem.code,
    "object-not-yours",
  );
  assert.equal(
    checkOwnerInAnswer({ items: { owner: { id: "a" } } }, list, "a")?.problem.code,
    "object-not-yours",
  );
});

test("a parameter is compared as it is read, whatever its encoding", () => {
  for (const separator of [undefined, ","]) {
    const judge = compileAtom(
      {
        kind: "request",
        place: { from: "path", index: 0, separator },
        is: "token.org",
        optional: false,
      },
      { grants: undefined, objectsOf: () => [] },
    );
    const judged = (segment: string | undefined, owner: string | undefined): unknown => {
      const known = { pathParameters: segment === undefined ? [] : [segment] } as Pick<
        JudgedFacts,
        "pathParameters"
      >;
      const claims = owner === undefined ? {} : { org: owner };
      return judge(
        known as JudgedFacts,
        { source: "issuer", key: "s", subject: "s", roles: [], claims },
        {} as Asks,
      );
    };
    const code = (outcome: unknown): string | undefined =>
      (outcome as Refusal | undefined)?.problem.code;
    assert.equal(judged("c%201", "c 1"), undefined);
    assert.equal(judged("c-1", "c-1"), undefined);
    assert.equal(code(judged("c-2", "c-1")), "object-not-yours");
    assert.equal(code(judged(undefined, "c-1")), "object-not-yours");
    assert.equal(code(judged("undefined", undefined)), "object-not-yours");
  }
});

test("an owner may be any claim of the token, by its path", () => {
  assert.equal(compileClaim("token.sub")({ source: "issuer", subject: "s", claims: {} }), "s");
  assert.equal(
    compileClaim("token.org.id")({ source: "issuer", subject: "s", claims: { org: { id: 7 } } }),
    "7",
  );
  assert.throws(() => compileClaim("header"), /token\.sub/);
});
