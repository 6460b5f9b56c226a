import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { stringify } from "yaml";
import { readPolicy } from "../../packages/guard/src/policy/read-policy.ts";
import { programFormat } from "../../packages/server/src/policy/program-policy.ts";
import { exampleOf } from "../../tools/docs/key-examples.ts";
import { innerKeys } from "../../tools/docs/policy-keys.ts";
import type { Schema } from "../../tools/docs/policy-schema.ts";

interface Step {
  readonly path: string;
  readonly schema: Schema;
}

/** Every key of the policy, behind those in which it stands. */
function* everyKey(before: readonly Step[], path: string, schema: Schema): Generator<Step[]> {
  const here = [...before, { path, schema }];
  yield here;
  for (const [key, one] of innerKeys(path, schema)) yield* everyKey(here, key, one);
}

const root = programFormat.jsonSchema as Schema;
const keys = Object.entries(root.properties ?? {}).flatMap(([name, schema]) => [
  ...everyKey([], name, schema),
]);

/** The example of the last of these keys, within as little as may stand around it. */
function policyWith([first, ...rest]: readonly Step[]): Record<string, unknown> {
  const { path, schema } = first as Step;
  return { [path]: rest.length === 0 ? exampleOf({ path, schema }) : around(schema, path, rest) };
}

function around(schema: Schema, path: string, rest: readonly Step[]): unknown {
  const [next, ...more] = rest as readonly [Step, ...Step[]];
  const key = next.path.slice(path.length);
  const { additionalProperties, anyOf = [], items, properties = {}, required = [] } = schema;
  const name = key.slice(1);
  if (Object.hasOwn(properties, name)) {
    const needed = required
      .filter((one) => one !== name)
      .map((one) => [
        one,
        exampleOf({ path: `${path}.${one}`, schema: properties[one] as Schema }),
      ]);
    const value = more.length === 0 ? exampleOf(next) : around(next.schema, next.path, more);
    return { ...Object.fromEntries(needed), [name]: value };
  }
  if (typeof additionalProperties === "object" && key.startsWith(".<name>"))
    return { name: around(additionalProperties, `${path}.<name>`, rest) };
  if (items !== undefined && key.startsWith("[]")) return [around(items, `${path}[]`, rest)];
  const fitting = anyOf.find((one) => innerKeys(path, one).some(([inner]) => inner === next.path));
  assert.ok(fitting !== undefined, next.path);
  return around(fitting, path, rest);
}

test("the example of every key may stand where it is said to stand", async () => {
  assert.ok(keys.length > 500, `${keys.length}`);
  const file = join(mkdtempSync(join(tmpdir(), "portcullis-keys-")), "portcullis.yaml");
  const apis = [{ openapi: "./openapi.yaml", upstream: "http://127.0.0.1:4000" }];
  const wrong: string[] = [];
  for (const steps of keys) {
    const text = stringify({ portcullis: 1, apis, ...policyWith(steps) });
    writeFileSync(file, text);
    const { faults } = await readPolicy({ file, environment: {}, flags: [] }, programFormat);
    const [fault] = faults.filter(({ severity }) => severity === "error");
    if (fault !== undefined)
      wrong.push(`${steps.at(-1)?.path}: ${fault.message} (expected ${fault.expected})\n${text}`);
  }
  assert.deepEqual(wrong, []);
});
