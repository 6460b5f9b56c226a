import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { openStore } from "./open-store.ts";

let umask = 0;
beforeEach(() => {
  umask = process.umask(0);
});
afterEach(() => {
  process.umask(umask);
});

const modesIn = (folder: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(folder).map((name) => [
      name,
      (statSync(join(folder, name)).mode & 0o777).toString(8),
    ]),
  );
const owned = { "store.db": "600", "store.db-shm": "600", "store.db-wal": "600" };

function openFolder(): string {
  const folder = join(mkdtempSync(join(tmpdir(), "portcullis-modes-")), "state");
  mkdirSync(folder, { mode: 0o777 });
  return folder;
}

async function write(folder: string): Promise<() => Promise<void>> {
  const store = await openStore("store.db", folder);
  await store.audit.add({
    id: randomUUID(),
    atMs: 1,
    actor: "a",
    action: "b",
    about: "c",
    details: {},
  });
  return () => store.close();
}

test("the database and what SQLite keeps beside it are their user's alone, in a folder that is open to all", async () => {
  const folder = openFolder();
  const close = await write(folder);
  assert.deepEqual(modesIn(folder), owned);
  await close();
  assert.deepEqual(modesIn(folder), { "store.db": "600" });
});

test("files that an older program has left open to others are closed at the start", async () => {
  const folder = openFolder();
  const close = await write(folder);
  for (const name of readdirSync(folder)) chmodSync(join(folder, name), 0o644);
  const closeAgain = await write(folder);
  assert.deepEqual(modesIn(folder), owned);
  await closeAgain();
  await close();
});
