import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonSchema } from "../api-document.ts";
import { compileReplaceMarked } from "./marked-properties.ts";
import { compileStrip } from "./strip-undeclared.ts";

test("a document whose branches all lead to one another is walked as deep as it is sent", () => {
  const count = 400;
  const schemas: Record<string, JsonSchema> = {};
  for (let index = 0; index < count; index += 1) {
    const others = (from: number): unknown[] =>
      [1, 7, 31].map((step) => ({ $ref: `#/$defs/S${(index * step + from) % count}` }));
    const properties = Object.fromEntries(
      [1, 2, 3, 4, 5, 6].map((at) => [`p${at}`, { anyOf: others(at) }]),
    );
    schemas[`S${index}`] = { properties: { id: { type: "string" }, ...properties } };
  }
  const marks = Object.fromEntries(Object.keys(schemas).map((name) => [name, { id: name }]));
  const nested = (depth: number): unknown =>
    depth === 0 ? { id: "x", hash: 1 } : { id: "x", p1: nested(depth - 1), p4: nested(depth - 1) };
  for (const name of Object.keys(schemas)) {
    const root = { $ref: `#/$defs/${name}` };
    assert.ok(compileStrip(root, schemas) !== undefined);
    assert.ok(compileReplaceMarked(root, schemas, marks) !== undefined);
  }
  const root = { $ref: "#/$defs/S0" };
  let found = 0;
  compileReplaceMarked(root, schemas, marks)?.(nested(6), (_marks, id) => ((found += 1), id));
  assert.equal(found, 127);
  assert.equal(compileStrip(root, schemas)?.(nested(6), [])?.stripped.length, 50);
});

test("an answer with a discriminator follows its branch, and in a request every branch has a say", () => {
  const schemas = {
    Card: { properties: { kind: { const: "Card" }, id: { type: "string" } } },
    Loan: { properties: { kind: { const: "Loan" }, id: { type: "string" } } },
  };
  const either = {
    oneOf: [{ $ref: "#/$defs/Card" }, { $ref: "#/$defs/Loan" }],
    discriminator: { propertyName: "kind" },
  };
  const marks = { Card: { id: "card" }, Loan: { id: "loan" } };
  const told = (sender: "backend" | "caller", kind: string): readonly string[] => {
    let seen: readonly string[] = [];
    compileReplaceMarked(
      either,
      schemas,
      marks,
      sender,
    )?.({ kind, id: "1" }, (all) => (seen = all));
    return seen;
  };
  assert.deepEqual(told("backend", "Loan"), ["loan"]);
  assert.deepEqual(told("caller", "Loan"), ["loan", "card"]);
  assert.deepEqual(told("backend", "other"), ["card", "loan"]);
});
