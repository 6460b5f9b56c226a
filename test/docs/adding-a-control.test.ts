import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";

const root = join(import.meta.dirname, "..", "..");
const page = readFileSync(join(root, "docs", "adding-a-control.md"), "utf8");
const blocks = [...page.matchAll(/```ts\n\/\/ (\S+?)(?:, behind: (.+))?\n([\s\S]*?)```/g)].map(
  ([, file = "", behind, code = ""]) => ({ file, behind, code }),
);

const policy = `portcullis: 1
mode: enforce
apis: [{ openapi: openapi.yaml, upstream: "http://127.0.0.1:9" }]
operations: [{ match: getAccount, maintenance: 2m }]
`;
const openapi = `openapi: 3.1.0
info: { title: t, version: v1 }
paths:
  /accounts: { get: { operationId: getAccount, security: [], responses: { "200": { description: ok } } } }
  /rates: { get: { operationId: getRates, security: [], responses: { "200": { description: ok } } } }
`;

/** The repository's sources once more, with packages that import one another there. */
function copyOfTheTree(): string {
  const copy = mkdtempSync(join(tmpdir(), "portcullis-control-"));
  for (const name of ["packages", "tools", "docs", "package.json", "tsconfig.json"])
    cpSync(join(root, name), join(copy, name), {
      recursive: true,
      filter: (path) => !/\/(dist|node_modules)$|\.test\.ts$/.test(path),
    });
  const modules = join(copy, "node_modules");
  mkdirSync(join(modules, "@portcullis"), { recursive: true });
  for (const name of readdirSync(join(root, "node_modules")))
    if (name !== "@portcullis" && name !== "portcullis")
      symlinkSync(join(root, "node_modules", name), join(modules, name));
  for (const name of ["guard", "identity", "client"])
    symlinkSync(join(copy, "packages", name), join(modules, "@portcullis", name));
  return copy;
}

function followThePage(copy: string): void {
  for (const { behind, code, file } of blocks) {
    const path = join(copy, file);
    mkdirSync(dirname(path), { recursive: true });
    if (!file.endsWith("/order.ts")) writeFileSync(path, code);
    else {
      const before = readFileSync(path, "utf8");
      const line = behind === undefined ? undefined : `\n  ${behind}\n`;
      assert.ok(line === undefined || before.includes(line), `order.ts has no line ${behind}`);
      writeFileSync(
        path,
        line === undefined ? `${code}${before}` : before.replace(line, `${line}${code}`),
      );
    }
  }
}

function run(copy: string, file: string, ...words: readonly string[]): string {
  const { stderr, stdout } = spawnSync(
    process.execPath,
    ["--conditions=@portcullis/source", "--disable-warning=ExperimentalWarning", file, ...words],
    { cwd: copy, encoding: "utf8" },
  );
  return `${stdout}${stderr}`;
}

test("a control is a folder and its lines in the order: schema, pages, check and explain know it", () => {
  const copy = copyOfTheTree();
  assert.equal(blocks.length, 5);
  followThePage(copy);
  writeFileSync(join(copy, "portcullis.yaml"), policy);
  writeFileSync(join(copy, "openapi.yaml"), openapi);

  const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
  const guard = ["-p", "tsconfig.json", "--noEmit"];
  writeFileSync(
    join(copy, "packages", "guard", "tsconfig.json"),
    '{ "extends": "../../tsconfig.json", "include": ["src"] }',
  );
  const types = spawnSync(process.execPath, [tsc, ...guard], {
    cwd: join(copy, "packages", "guard"),
    encoding: "utf8",
  });
  assert.equal(types.status, 0, types.stdout);

  const main = join("packages", "server", "src", "cli", "main.ts");
  assert.match(run(copy, main, "schema"), /"maintenance": \{\s+"title": "a duration/);
  assert.match(run(copy, main, "check"), /DOWN[\s\S]+getAccount .* for 120 s/);
  const explained = run(copy, main, "explain", "GET /accounts");
  assert.match(explained, /maintenance +refuses: under-maintenance/);
  assert.match(explained, /would be answered 503 under-maintenance/);
  assert.match(run(copy, main, "explain", "GET /rates"), /would be forwarded/);
  run(copy, join("tools", "write-docs.ts"));
  for (const file of ["problems.md", "policy.md"])
    assert.match(readFileSync(join(copy, "docs", file), "utf8"), /maintenance/, file);
});
