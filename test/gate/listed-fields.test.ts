import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { dirname } from "node:path";
import { test, type TestContext } from "node:test";
import { main } from "../../examples/harbour/gate.ts";
import { type FieldGate, foldedNames, type RawFields, startFieldGate } from "./field-gate.ts";

async function gateWith(context: TestContext, policy: string): Promise<FieldGate> {
  const gate = await startFieldGate(policy);
  context.after(() => gate.close());
  return gate;
}

const listed: RawFields = ["X-Account-Id", "a-1", "User-Agent", "app/1", "Accept-Language", "nl"];
const others: RawFields = ["X-Theme", "dark", "X_Debug", "1", "X-Tracker", "secret value"];

test("where only listed fields go on, what the document declares and every request needs goes on, and nothing else", async (context) => {
  const gate = await gateWith(context, "headers: { forward: listed }");
  assert.equal((await gate.get("/declared", [...others, ...listed])).status, 200);
  const [seen = []] = gate.received();
  const names = foldedNames(seen);
  for (const name of [
    "x-account-id",
    "user-agent",
    "accept-language",
    "host",
    "x-forwarded-for",
    "traceparent",
  ])
    assert.ok(names.includes(name), name);
  for (const name of ["x-theme", "x-debug", "x-tracker"]) assert.ok(!names.includes(name), name);
  // What one operation declares, another need not read.
  assert.equal((await gate.get("/plain", listed)).status, 200);
  assert.ok(!foldedNames(gate.received()[0] ?? []).includes("x-account-id"));
});

test("while it is observed everything goes on, and check names what would not", async (context) => {
  const gate = await gateWith(
    context,
    "mode: { default: enforce, headers: observe }\nheaders: { forward: listed }",
  );
  for (let count = 0; count < 3; count += 1) {
    assert.equal((await gate.get("/declared", [...others, ...listed])).status, 200);
    const names = foldedNames(gate.received()[0] ?? []);
    assert.ok(["x-theme", "x-debug", "x-tracker"].every((name) => names.includes(name)));
  }
  let found = suggested(gate);
  for (let tries = 0; tries < 20 && found.undeclaredFields.length < 3; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    found = suggested(gate);
  }
  assert.deepEqual(
    found.undeclaredFields.map(({ field, operation, requests }) => [operation, field, requests]),
    [
      ["declared", "x-theme", 3],
      ["declared", "x-tracker", 3],
      ["declared", "x_debug", 3],
    ],
  );
  assert.ok(!JSON.stringify(found).includes("secret"));
});

test("unless it is asked for every field goes on, and nothing is recorded of it", async (context) => {
  const gate = await gateWith(context, "");
  await gate.get("/declared", [...others, ...listed]);
  assert.ok(foldedNames(gate.received()[0] ?? []).includes("x-tracker"));
  assert.doesNotMatch(await gate.metrics(), /header-undeclared/);
});

interface Suggested {
  readonly undeclaredFields: readonly { operation: string; field: string; requests: number }[];
}

function suggested({ gate, policyFile }: FieldGate): Suggested {
  const { stdout } = spawnSync(
    process.execPath,
    [
      "--conditions=@portcullis/source",
      "--disable-warning=ExperimentalWarning",
      main,
      "check",
      "--config",
      policyFile,
      "--suggest",
      "--json",
      "--admin",
      `http://127.0.0.1:${gate.adminPort}`,
      "--directory",
      dirname(gate.adminTokenFile),
    ],
    { encoding: "utf8" },
  );
  return JSON.parse(stdout) as Suggested;
}
