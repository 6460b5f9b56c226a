import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { run } from "../../packages/server/src/cli/verbs/test.ts";

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

test("the bank's policy does what its own tests say, and they touch every operation and rule", async () => {
  const lines: string[] = [];
  const code = await run(
    {
      values: { config: here("portcullis.yaml"), coverage: true, json: true },
      words: [here("policy-tests")],
    },
    {},
    { out: (line) => void lines.push(line), error: assert.fail },
  );
  const { neverRefused, rules, tests, untouched } = JSON.parse(lines.join("")) as {
    tests: readonly { readonly name: string; readonly wrong: readonly string[] }[];
    untouched: readonly string[];
    neverRefused: readonly string[];
    rules: readonly string[];
  };
  assert.deepEqual(
    tests.filter(({ wrong }) => wrong.length > 0),
    [],
  );
  assert.deepEqual(
    { untouched, neverRefused, rules },
    { untouched: [], neverRefused: [], rules: [] },
  );
  assert.ok(tests.length >= 50);
  assert.equal(code, 0);
});
