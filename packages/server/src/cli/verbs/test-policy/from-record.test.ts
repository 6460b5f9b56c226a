import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { loadPolicy } from "../../../policy/load-policy.ts";
import { run } from "../test.ts";
import { exampleOf } from "./example-of.ts";
import { exampleOfPattern } from "./example-of-pattern.ts";
import { readTests } from "./test-file.ts";
import { TestingGate } from "./testing-gate.ts";

const harbour = join(import.meta.dirname, "../../../../../../examples/harbour");
const config = join(harbour, "portcullis.yaml");
const directory = mkdtempSync(join(tmpdir(), "portcullis-from-record-"));

async function ran(values: Record<string, string>, words: readonly string[] = []) {
  const lines: string[] = [];
  const take = (line: string): void => void lines.push(line);
  const code = await run({ values: { config, ...values }, words }, {}, { out: take, error: take });
  return { code, said: lines.join("\n") };
}

test("of every test of the bank, its record alone makes a test that passes, but where a body decides", async () => {
  const { plan } = await loadPolicy({ file: config, environment: {}, flags: [] });
  if (plan === undefined) assert.fail("the bank's policy is not understood");
  const folder = join(harbour, "policy-tests");
  const tests = readTests(readdirSync(folder).map((name) => join(folder, name)));
  const gate = new TestingGate(plan);
  const records = [];
  for (const one of tests) records.push((await gate.run(one)).record);
  gate.close();
  const file = join(directory, "records.jsonl");
  writeFileSync(file, records.map((record) => `${JSON.stringify(record)}\n`).join(""));
  const out = join(directory, "written.yaml");
  const unlike: string[] = [];
  for (const { code, operation, traceId } of records) {
    const own = join(directory, `${traceId}.yaml`);
    if (!/^[0-9a-f]{32}$/.test(traceId) || operation === "(undeclared)") continue;
    const { code: exit } = await ran({ "from-trace": traceId, records: file, out: own });
    if (exit !== 0) unlike.push(`${operation} ${code ?? "passed"}`);
    else await ran({ "from-trace": traceId, records: file, out });
  }
  assert.ok(unlike.length <= records.length / 4, unlike.join("\n"));
  const again = await ran({}, [out]);
  assert.equal(again.code, 0, again.said);
  assert.match(again.said, /^\d+ tests, 0 failed\.$/);
  const written = readFileSync(out, "utf8");
  assert.ok(written.includes("outcome"));
});

test("a trace that nobody has recorded, and what is no trace, are told", async () => {
  const file = join(directory, "none.jsonl");
  writeFileSync(file, "\n");
  await assert.rejects(
    ran({ "from-trace": "a".repeat(32), records: file }),
    /there is no record of/,
  );
  await assert.rejects(ran({ "from-trace": "abc", records: file }), /32 hexadecimal digits/);
});

test("an example fits the schema that it is made of", () => {
  assert.deepEqual(
    exampleOf(
      {
        allOf: [{ $ref: "#/$defs/Base" }],
        type: "object",
        required: ["at"],
        properties: {
          at: { type: "string", format: "date-time" },
          kinds: { type: "array", items: { enum: ["a", "b"] } },
          either: { oneOf: [{ type: "integer", minimum: 7 }, { type: "null" }] },
        },
      },
      { Base: { type: "object", properties: { owner: { type: "string", minLength: 9 } } } },
      "caller",
    ),
    { owner: "callerxxx", at: "2026-01-31T12:00:00Z", kinds: ["a"], either: 7 },
  );
  const loop = {
    type: "object",
    required: ["next"],
    properties: { next: { $ref: "#/$defs/Loop" } },
  };
  assert.ok(JSON.stringify(exampleOf({ $ref: "#/$defs/Loop" }, { Loop: loop }, "x")).length < 1000);
});

test("a text fits the plain pattern that it is made of, and none is made of what is not plain", () => {
  for (const pattern of [
    "^a-\\d+$",
    "^[A-Z]{2}\\d{2}[A-Z0-9]{4,30}$",
    "^(?:draft|sent)$",
    "draft|sent",
    "^\\+[1-9]\\d{6,14}$",
    "^[a-f0-9-]{36}$",
    "^$",
  ]) {
    const text = exampleOfPattern(pattern);
    assert.ok(text !== undefined && new RegExp(pattern, "u").test(text), pattern);
  }
  for (const pattern of ["^(?=.*\\d)[a-z]+$", "^((a|b)c)+$", "(", "^(a)\\1b$"])
    assert.equal(exampleOfPattern(pattern), undefined, pattern);
});
