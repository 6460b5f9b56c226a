import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { hostileDocuments } from "./hostile-documents.ts";

const megabytes = 700;
const mostMs = 150_000;

interface Read {
  readonly served: boolean;
  readonly unchecked: number;
  readonly faults: number;
  readonly first: string;
}

/** All in one process: a second one for each would take longer than reading. */
function readAll(): { readonly reads: readonly (Read | undefined)[]; readonly said: string } {
  const directory = mkdtempSync(join(tmpdir(), "portcullis-hostile-"));
  const files = Object.values(hostileDocuments).map((write, index) => {
    const file = join(directory, `${index}`);
    writeFileSync(file, write());
    return file;
  });
  const { signal, stderr, stdout } = spawnSync(
    process.execPath,
    [
      "--conditions=@portcullis/source",
      `--max-old-space-size=${megabytes}`,
      join(import.meta.dirname, "read-hostile.ts"),
      ...files,
    ],
    { encoding: "utf8", timeout: mostMs },
  );
  const lines = stdout.split("\n").filter((line) => line !== "");
  return {
    reads: lines.map((line) => JSON.parse(line) as Read),
    said: `${signal ?? ""} ${stderr.slice(0, 1000)}`,
  };
}

const { reads, said } = readAll();

for (const [index, what] of Object.keys(hostileDocuments).entries())
  test(`${what}: the document is served or refused in words, with little memory, and nothing crashes`, () => {
    const read = reads[index];
    if (read === undefined) assert.fail(`nothing was read: ${said}`);
    // What is not served says why, in a sentence of ours; what was left out is told of.
    assert.ok(read.served || read.faults > 0);
    assert.ok(read.unchecked === 0 || read.faults > 0);
    assert.doesNotMatch(read.first, /call stack|undefined|TypeError|RangeError/);
  });
