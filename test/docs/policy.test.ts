import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { parse, stringify } from "yaml";
import { programFormat } from "../../packages/server/src/policy/program-policy.ts";
import { loadPolicy } from "../../packages/server/src/policy/load-policy.ts";

const root = join(import.meta.dirname, "..", "..");
const page = readFileSync(join(root, "docs", "policy.md"), "utf8");
const blocks = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map((match) => match[1] as string);

/** What every example stands beside: the bank, whose operations the page names. */
const base = {
  portcullis: 1,
  apis: [
    {
      openapi: join(root, "examples/harbour/openapi.v1.yaml"),
      upstream: "http://127.0.0.1:4000",
      version: "v1",
    },
  ],
  identity: { issuer: "https://login.example.com", audience: "https://api.example.com" },
};

test("every example of the policy's page is a policy that is understood", async () => {
  assert.ok(blocks.length >= 7, `${blocks.length}`);
  const directory = mkdtempSync(join(tmpdir(), "portcullis-docs-"));
  for (const block of blocks) {
    const text = stringify({ ...base, ...(parse(block) as object) }).replaceAll(
      "./openapi.",
      `${root}/examples/harbour/openapi.`,
    );
    const file = join(directory, "portcullis.yaml");
    writeFileSync(file, text);
    const { faults, plan } = await loadPolicy({ file, environment: {}, flags: [] });
    assert.deepEqual(
      faults.filter((fault) => fault.severity === "error"),
      [],
      block,
    );
    assert.ok(plan !== undefined);
  }
});

test("the example of a profile is laid over a policy", async () => {
  const directory = mkdtempSync(join(tmpdir(), "portcullis-docs-"));
  const [, example = ""] = /```yaml profile\n([\s\S]*?)```/.exec(page) ?? [];
  const [file, profile] = ["portcullis.yaml", "portcullis.staging.yaml"].map((name) =>
    join(directory, name),
  ) as [string, string];
  writeFileSync(file, stringify(base));
  writeFileSync(profile, example);
  const { faults, plan, policy } = await loadPolicy({ file, profile, environment: {}, flags: [] });
  assert.deepEqual(
    faults.filter((fault) => fault.severity === "error"),
    [],
  );
  assert.equal(policy?.listen?.port, 9000);
  assert.deepEqual(plan?.apis[0]?.upstream.targets, ["http://127.0.0.1:4100"]);
});

test("every key of the policy is spoken of on its page", () => {
  const missing = Object.keys(programFormat.fields).filter((key) => !page.includes(key));
  assert.deepEqual(missing, []);
});
