import assert from "node:assert/strict";
import { mkdtempSync, statSync } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { Kysely, sql } from "kysely";
import { sqliteDialect } from "./sqlite-dialect.ts";
import { StoreState } from "./store-state.ts";

// What was acknowledged is on the disk, and nobody who asks for something else waits for that.
interface Rows {
  readonly rows: { id: number; text: string };
}
const directory = mkdtempSync(join(tmpdir(), "portcullis-log-"));
const opened: Kysely<Rows>[] = [];
after(async () => {
  for (const one of opened) await one.destroy();
});

/** A disk that answers when the test says so. */
class Disk {
  readonly #waiting: ((fault?: Error) => void)[] = [];
  isHeld = false;

  readonly sync = (_log: FileHandle): Promise<void> =>
    this.isHeld
      ? new Promise((resolve, reject) => {
          this.#waiting.push((fault) => (fault === undefined ? resolve() : reject(fault)));
        })
      : Promise.resolve();

  get waiting(): number {
    return this.#waiting.length;
  }

  answer(fault?: Error): void {
    this.#waiting.shift()?.(fault);
  }
}

async function open(
  name: string,
  log: Parameters<typeof sqliteDialect>[2],
  state = new StoreState(),
): Promise<Kysely<Rows>> {
  const db = new Kysely<Rows>({ dialect: sqliteDialect(join(directory, name), state, log) });
  opened.push(db);
  await sql`create table rows (id integer primary key, text text not null)`.execute(db);
  return db;
}

const insert = (db: Kysely<Rows>, id: number, text = "x"): Promise<unknown> =>
  db.transaction().execute((inside) => inside.insertInto("rows").values({ id, text }).execute());
const soon = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 30));

/** Whether a promise has come to an end, now. */
function watched(promise: Promise<unknown>): () => string {
  let state = "waits";
  promise.then(
    () => (state = "done"),
    (fault: unknown) => (state = (fault as Error).message),
  );
  return () => state;
}

test("nothing is acknowledged, and nothing of it is read, before the disk has it", async () => {
  const disk = new Disk();
  const db = await open("held.db", { sync: disk.sync });
  disk.isHeld = true;
  const first = watched(insert(db, 1));
  await soon();
  const second = watched(insert(db, 2));
  const single = watched(db.insertInto("rows").values({ id: 3, text: "y" }).execute());
  const read = watched(db.selectFrom("rows").selectAll().execute());
  await soon();
  assert.deepEqual([first(), second(), single(), read()], Array(4).fill("waits"));
  assert.equal(disk.waiting, 1, "one wait at a time, and one more for all who came meanwhile");
  disk.answer();
  await soon();
  assert.deepEqual([first(), second(), single(), read()], ["done", "waits", "waits", "waits"]);
  disk.answer();
  await soon();
  assert.deepEqual([second(), single(), read()], Array(3).fill("done"));
  disk.isHeld = false;
  for (let left = disk.waiting; left > 0; left -= 1) disk.answer();
});

test("where the disk fails, whoever waited is told, the store counts as lost, and the next is served", async () => {
  const disk = new Disk();
  const state = new StoreState();
  const db = await open("failing.db", { sync: disk.sync }, state);
  disk.isHeld = true;
  const refused = watched(insert(db, 1));
  await soon();
  disk.answer(new Error("input/output error"));
  await soon();
  assert.match(refused(), /input\/output error/);
  assert.match(state.lost ?? "", /input\/output error/);
  disk.isHeld = false;
  await insert(db, 2);
  assert.equal(state.lost, undefined);
});

test("the log is written back beside who writes on, and begins anew", async () => {
  const mostBytes = 400_000;
  const db = await open("growing.db", { mostBytes, lookEveryMs: 0 });
  const text = "z".repeat(20_000);
  let id = 0;
  const largest = async (rounds: number): Promise<number> => {
    let size = 0;
    for (let round = 0; round < rounds; round += 1) {
      await insert(db, (id += 1), text);
      if (round % 20 === 19) await soon();
      size = Math.max(size, statSync(join(directory, "growing.db-wal")).size);
    }
    return size;
  };
  const size = await largest(600);
  assert.ok(size < 12_000_000 / 2, `${size} bytes of log for 12 MB that were written`);
  const [{ count }] = (await sql<{ count: number }>`select count(*) as count from rows`.execute(db))
    .rows as [{ count: number }];
  assert.equal(count, 600);
});
