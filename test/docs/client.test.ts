import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

const root = join(import.meta.dirname, "..", "..");

test("every example of the client's page compiles against the client", () => {
  const blocks = [...readFileSync(join(root, "docs", "client.md"), "utf8").matchAll(/```ts\n([\s\S]*?)```/g)].map((match) => match[1] as string);
  assert.ok(blocks.length >= 2);
  const folder = join(root, "test", "docs", ".client-examples");
  mkdirSync(folder, { recursive: true });
  try {
    blocks.forEach((block, index) => writeFileSync(join(folder, `example-${index}.ts`), block));
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ extends: "../../../tsconfig.json", include: ["*.ts"] }));
    const { status, stdout } = spawnSync(process.execPath, [join(root, "tools", "run.mjs"), "--bin", "tsc", "-p", join(folder, "tsconfig.json")], { encoding: "utf8", cwd: root });
    assert.equal(status, 0, stdout);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
