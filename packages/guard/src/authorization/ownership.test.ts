import assert from "node:assert/strict";
import { test } from "node:test";
import { checkOwnerInAnswer, checkOwnerParameter, compileOwnerExpression, readPointer } from "./ownership.ts";

const pointer = readPointer("/customerId");

test("the answer's owner must be the caller", () => {
  assert.equal(checkOwnerInAnswer({ customerId: "c-1" }, pointer, "c-1"), undefined);
  assert.equal(checkOwnerInAnswer({ customerId: "c-2" }, pointer, "c-1")?.code, "object-not-yours");
});

test("an answer whose owner is missing, null, a list or an object is nobody's, and never passed", () => {
  for (const answer of [{}, { customerId: null }, { customerId: ["c-1"] }, { customerId: { id: "c-1" } }, { customerId: true }, null, [], "c-1", 7]) {
    assert.equal(checkOwnerInAnswer(answer, pointer, "c-1")?.code, "object-not-yours", JSON.stringify(answer));
  }
});

test("a token that does not say who the caller is owns nothing", () => {
  assert.equal(checkOwnerInAnswer({ customerId: "undefined" }, pointer, undefined)?.code, "object-not-yours");
  assert.equal(checkOwnerParameter("undefined", undefined)?.code, "object-not-yours");
});

test("inherited properties name no owner", () => {
  assert.equal(checkOwnerInAnswer(Object.create({ customerId: "c-1" }), pointer, "c-1")?.code, "object-not-yours");
  assert.equal(compileOwnerExpression("token.constructor.name")({ subject: "c-1", claims: {} }), undefined);
});

test("every element of a list must be the caller's", () => {
  const list = readPointer("/items/*/owner/id");
  const item = (id: string): unknown => ({ owner: { id } });
  assert.equal(checkOwnerInAnswer({ items: [item("a"), item("a")] }, list, "a"), undefined);
  assert.equal(checkOwnerInAnswer({ items: [] }, list, "a"), undefined);
  assert.equal(checkOwnerInAnswer({ items: [item("a"), item("b")] }, list, "a")?.code, "object-not-yours");
  assert.equal(checkOwnerInAnswer({ items: { owner: { id: "a" } } }, list, "a")?.code, "object-not-yours");
});

test("a parameter is compared as it is read, whatever its encoding", () => {
  assert.equal(checkOwnerParameter("c%201", "c 1"), undefined);
  assert.equal(checkOwnerParameter("c-1", "c-1"), undefined);
  assert.equal(checkOwnerParameter("c-2", "c-1")?.code, "object-not-yours");
  assert.equal(checkOwnerParameter(undefined, "c-1")?.code, "object-not-yours");
});

test("an owner may be any claim of the token, by its path", () => {
  assert.equal(compileOwnerExpression("token.sub")({ subject: "s", claims: {} }), "s");
  assert.equal(compileOwnerExpression("token.org.id")({ subject: "s", claims: { org: { id: 7 } } }), "7");
  assert.throws(() => compileOwnerExpression("header.x"), /token\.sub/);
});
