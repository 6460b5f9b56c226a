import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { readOrMake, writeWhole } from "./whole-file.ts";

const fresh = (): string => mkdtempSync(join(tmpdir(), "portcullis-whole-"));

test("a file is made once, readable by this user only, and read afterwards", () => {
  const file = join(fresh(), "below", "secret");
  assert.deepEqual(
    readOrMake(file, () => "first"),
    { text: "first", made: true },
  );
  assert.deepEqual(
    readOrMake(file, () => "second"),
    { text: "first", made: false },
  );
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.deepEqual(readdirSync(join(file, "..")), ["secret"]);
});

test("an empty file, which a full disk once left, is made anew", () => {
  const file = join(fresh(), "secret");
  writeFileSync(file, "");
  assert.deepEqual(
    readOrMake(file, () => "made"),
    { text: "made", made: true },
  );
});

test("what cannot be written whole leaves nothing, and what stood before stays", () => {
  const directory = fresh();
  const file = join(directory, "secret");
  // Writing the draft fails, as it would on a full disk.
  mkdirSync(`${file}.${process.pid}.new`);
  assert.throws(() => readOrMake(file, () => "made"));
  assert.equal(existsSync(file), false);
  writeFileSync(file, "old");
  assert.throws(() => writeWhole(file, "new"));
  assert.deepEqual(
    readOrMake(file, () => "made"),
    { text: "old", made: false },
  );
});

test("of many programs that start at once, all get what one has made", async () => {
  const file = join(fresh(), "secret");
  const script = `import { readOrMake } from ${JSON.stringify(new URL("./whole-file.ts", import.meta.url).href)};
process.stdout.write(readOrMake(${JSON.stringify(file)}, () => String(process.pid)).text);`;
  const texts = await Promise.all(
    Array.from(
      { length: 6 },
      () =>
        new Promise<string>((resolve) => {
          let said = "";
          spawn(process.execPath, ["--input-type=module", "-e", script])
            .on("close", () => resolve(said))
            .stdout.on("data", (part: Buffer) => (said += part.toString()));
        }),
    ),
  );
  assert.equal(new Set(texts).size, 1, texts.join(" "));
});
