import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { FileStamps } from "./file-stamps.ts";
import { watchFiles } from "./watch-files.ts";

const everyMs = 20;

function watched() {
  const directory = mkdtempSync(join(tmpdir(), "portcullis-watch-"));
  const file = join(directory, "policy.yaml");
  writeFileSync(file, "one");
  let changed: (() => void) | undefined;
  const watch = watchFiles(new FileStamps([file]).all, everyMs, () => changed?.());
  return {
    file,
    watch,
    change: () => new Promise<void>((resolve) => (changed = resolve)),
  };
}

const changes: Readonly<Record<string, (file: string) => void>> = {
  saved: (file) => writeFileSync(file, "another"),
  replaced(file) {
    writeFileSync(`${file}.new`, "two");
    renameSync(`${file}.new`, file);
  },
  deleted: (file) => rmSync(file),
};

for (const [what, make] of Object.entries(changes))
  test(`a file that is ${what} is noticed`, async () => {
    const { change, file, watch } = watched();
    const noticed = change();
    make(file);
    await noticed;
    watch.close();
  });

test("a file that is saved while it is read is noticed when it has been read", async () => {
  const { change, file, watch } = watched();
  const stamps = new FileStamps([file]);
  const noticed = change();
  // Who read it has read "one", and is done only now.
  writeFileSync(file, "saved meanwhile");
  stamps.note(file);
  watch.retarget(stamps.all);
  await noticed;
  watch.close();
});

test("a file that appears where none was is noticed", async () => {
  const { change, file, watch } = watched();
  const other = `${file}.absent`;
  watch.retarget(new FileStamps([other]).all);
  const noticed = change();
  writeFileSync(other, "now");
  await noticed;
  watch.close();
});
