import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, before, test } from "node:test";
import { Kysely, sql } from "kysely";
import { sqliteDialect } from "./sqlite-dialect.ts";

interface Rows {
  readonly rows: { id: number; text: string };
}
const directory = mkdtempSync(join(tmpdir(), "portcullis-sqlite-"));
const file = join(directory, "test.db");
let db: Kysely<Rows>;
/** Another connection sees what is durable, and nothing else. */
let other: DatabaseSync;
const seen = (): number =>
  (other.prepare("select count(*) as n from rows").get() as { n: number }).n;

before(async () => {
  db = new Kysely<Rows>({ dialect: sqliteDialect(file) });
  await sql`create table rows (id integer primary key, text text not null)`.execute(db);
  other = new DatabaseSync(file);
});
after(async () => {
  other.close();
  await db.destroy();
});

const insert = (id: number, fails = false): Promise<void> =>
  db.transaction().execute(async (transaction) => {
    await transaction.insertInto("rows").values({ id, text: "x" }).execute();
    if (fails) throw new Error("not this one");
  });

test("transactions that stand in line are acknowledged when they are durable, and one that fails is undone alone", async () => {
  const were = seen();
  const outcomes = await Promise.all(
    Array.from({ length: 200 }, async (_, index) => {
      try {
        await insert(index, index % 5 === 0);
        return (other.prepare("select id from rows where id = ?").get(index) as unknown) ===
          undefined
          ? "acknowledged too early"
          : "durable";
      } catch (fault) {
        return (fault as Error).message;
      }
    }),
  );
  assert.deepEqual([...new Set(outcomes)].sort(), ["durable", "not this one"]);
  assert.equal(seen() - were, 160);
});

test("nobody reads what could still be undone", async () => {
  const found: boolean[] = [];
  const read = async (id: number): Promise<void> => {
    const row = await db.selectFrom("rows").select("id").where("id", "=", id).executeTakeFirst();
    if (row !== undefined)
      found.push(other.prepare("select id from rows where id = ?").get(id) !== undefined);
  };
  await Promise.all(
    Array.from({ length: 100 }, (_, index) => [insert(1000 + index), read(1000 + index)]).flat(),
  );
  assert.ok(found.length > 50 && found.every(Boolean), `${found.length} found`);
});

test("a change outside a transaction is durable when it is acknowledged, in whatever company", async () => {
  await Promise.all(
    Array.from({ length: 100 }, async (_, index) => {
      if (index % 2 === 0) return insert(2000 + index);
      await db
        .insertInto("rows")
        .values({ id: 2000 + index, text: "y" })
        .execute();
      assert.notEqual(
        other.prepare("select id from rows where id = ?").get(2000 + index),
        undefined,
      );
      return undefined;
    }),
  );
});

test("two that collide, in one line, are judged as if they had come one after the other", async () => {
  const outcomes = await Promise.allSettled([insert(3000), insert(3000), insert(3001)]);
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ["fulfilled", "rejected", "fulfilled"],
  );
});

test("what cannot be made durable is refused to everybody who waited for it, and the store goes on", async () => {
  const were = seen();
  other.exec("PRAGMA busy_timeout=0");
  await sql`PRAGMA max_page_count=1`.execute(db);
  const outcomes = await Promise.allSettled(
    Array.from({ length: 20 }, (_, index) =>
      db.transaction().execute((transaction) =>
        transaction
          .insertInto("rows")
          .values({ id: 4000 + index, text: "z".repeat(4000) })
          .execute(),
      ),
    ),
  );
  const failed = outcomes.filter(({ status }) => status === "rejected").length;
  assert.ok(failed > 0);
  assert.equal(seen() - were, 20 - failed, "acknowledged is durable, refused is undone");
  await sql`PRAGMA max_page_count=1000000`.execute(db);
  await insert(5000);
  assert.notEqual(other.prepare("select id from rows where id = 5000").get(), undefined);
});

test("killed in the middle of a crowd, a program has lost nothing that it acknowledged", {
  timeout: 30_000,
}, async () => {
  const crowded = join(directory, "crowd.db");
  const script = `
    import { Kysely, sql } from "kysely";
    import { sqliteDialect } from ${JSON.stringify(join(import.meta.dirname, "sqlite-dialect.ts"))};
    const db = new Kysely({ dialect: sqliteDialect(${JSON.stringify(crowded)}) });
    await sql\`create table rows (id integer primary key, text text not null)\`.execute(db);
    let next = 0;
    await Promise.all(Array.from({ length: 20 }, async () => {
      for (;;) {
        const id = (next += 1);
        await db.transaction().execute((transaction) => transaction.insertInto("rows").values({ id, text: "x" }).execute());
        process.stdout.write(id + "\\n");
      }
    }));`;
  const child = spawn(
    process.execPath,
    [
      "--conditions=@portcullis/source",
      "--disable-warning=ExperimentalWarning",
      "--input-type=module-typescript",
      "--eval",
      script,
    ],
    { stdio: ["ignore", "pipe", "inherit"], cwd: import.meta.dirname },
  );
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (part: string) => {
    text += part;
    if (text.length > 2000) child.kill("SIGKILL");
  });
  await new Promise((resolve) => child.once("exit", resolve));
  const acknowledged = text.split("\n").slice(0, -1).map(Number);
  const left = new DatabaseSync(crowded);
  const kept = new Set(
    (left.prepare("select id from rows").all() as { id: number }[]).map(({ id }) => id),
  );
  left.close();
  assert.ok(acknowledged.length > 200);
  assert.deepEqual(
    acknowledged.filter((id) => !kept.has(id)),
    [],
  );
});

for (const [what, write] of Object.entries({
  "a transaction": () => insert(900_000),
  "a single statement": () => db.insertInto("rows").values({ id: 900_001, text: "x" }).execute(),
}))
  test(`${what} waits for another process that writes, and the thread serves others meanwhile`, async () => {
    const were = seen();
    other.exec("BEGIN IMMEDIATE");
    const written = write();
    // In the same thread: it would wait for ever for a lock that it has to give back itself.
    setTimeout(() => other.exec("COMMIT"), 100);
    await written;
    assert.equal(seen() - were, 1);
  });
