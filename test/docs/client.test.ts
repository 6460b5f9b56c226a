import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

const root = join(import.meta.dirname, "..", "..");

test("every example of the client's page compiles against the client", () => {
  const blocks = [
    ...readFileSync(join(root, "docs", "client.md"), "utf8").matchAll(/```ts\n([\s\S]*?)```/g),
  ].map((match) => match[1] as string);
  assert.ok(blocks.length >= 2);
  const folder = mkdtempSync(join(tmpdir(), "portcullis-client-examples-"));
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  blocks.forEach((block, index) => writeFileSync(join(folder, `example-${index}.ts`), block));
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({ extends: join(root, "tsconfig.json"), include: ["*.ts"] }),
  );
  const tsc = join(root, "node_modules", ".bin", "tsc");
  const { status, stdout } = spawnSync(process.execPath, [tsc, "-p", folder], { encoding: "utf8" });
  assert.equal(status, 0, stdout);
});
