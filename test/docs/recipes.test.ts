import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { parseAllDocuments } from "yaml";
import { loadPolicy } from "../../packages/server/src/policy/load-policy.ts";

const docs = join(import.meta.dirname, "..", "..", "docs");
const harbour = join(docs, "..", "examples", "harbour");
const page = readFileSync(join(docs, "recipes.md"), "utf8");

async function understood(
  policy: string,
  profile?: string,
  environment: Readonly<Record<string, string>> = {},
) {
  const directory = mkdtempSync(join(tmpdir(), "portcullis-recipes-"));
  const write = (name: string, text: string): string => {
    const file = join(directory, name);
    writeFileSync(file, text.replaceAll("./openapi.", `${harbour}/openapi.`));
    return file;
  };
  const { faults, plan } = await loadPolicy({
    file: write("portcullis.yaml", policy),
    profile: profile === undefined ? undefined : write("portcullis.staging.yaml", profile),
    environment,
    flags: [],
  });
  assert.deepEqual(
    faults.filter(({ severity }) => severity === "error"),
    [],
    policy,
  );
  return plan;
}

test("every recipe is a whole policy that is understood", async () => {
  const recipes = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = ""]) => text);
  assert.ok(recipes.length >= 5);
  for (const recipe of recipes) assert.ok((await understood(recipe)) !== undefined);
});

test("the manifest for Kubernetes holds a policy, its profile, and variables that are settings", async () => {
  const [, text = ""] = /```yaml manifest\n([\s\S]*?)```/.exec(page) ?? [];
  const [map, deployment] = parseAllDocuments(text).map((one) => one.toJS() as unknown) as [
    { data: Record<string, string> },
    {
      spec: {
        template: { spec: { containers: { env: { name: string; value: string }[] }[] } };
      };
    },
  ];
  const [container] = deployment.spec.template.spec.containers;
  const environment = Object.fromEntries(
    (container?.env ?? []).map(({ name, value }) => [name, value]),
  );
  assert.equal(Object.keys(environment).length, 5);
  const { "portcullis.staging.yaml": profile, "portcullis.yaml": policy = "" } = map.data;
  const plan = await understood(policy, profile, environment);
  assert.deepEqual(plan?.apis[0]?.upstream.targets, ["http://orders-canary:4000"]);
  assert.match(JSON.stringify(plan?.state), /redis:\/\/counts\b/);
});

test("the index names every page, and every page that it names is there", () => {
  const index = readFileSync(join(docs, "README.md"), "utf8");
  const named = [...index.matchAll(/^\| \[([^\]]+)\]\(\1\)/gm)].map(([, name]) => name);
  const pages = readdirSync(docs).filter((name) => name !== "README.md" && name !== "pictures");
  assert.deepEqual(new Set(named), new Set(pages));
});
