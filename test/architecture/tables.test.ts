import assert from "node:assert/strict";
import { test } from "node:test";
import { importsOf, sourcesBelow, textOf } from "./sources.ts";

const store = "packages/server/src/store/";
/** Records are kept in files of their own, by a process that opens no store. */
const kept = "packages/server/src/watch/kept/";
const packages = sourcesBelow("packages").filter((file) => file.includes("/src/"));
const sources = [...packages, ...["bench", "tools"].flatMap(sourcesBelow)];

/** The tables of the database, as its schema has them. */
const tables = ["schema.ts", "run-time-tables.ts"].flatMap((file) =>
  [...textOf(`${store}${file}`).matchAll(/^ {2}(\w+): \{/gm)].map((match) => match[1] as string),
);

/** The one file that reads and writes a table. */
const fileOf = (table: string): string => `${store}tables/${table.replaceAll("_", "-")}.ts`;

const query =
  /\b(insertInto|updateTable|deleteFrom|selectFrom|mergeInto|replaceInto)\(\s*([^)\s,]+)/g;

test("each table is read and written in one file, and nowhere else", () => {
  const found = packages.flatMap((file) =>
    [...textOf(file).matchAll(query)].map((match) => ({ file, table: match[2] as string })),
  );
  for (const { file, table } of found) {
    const name = /^"(\w+)"$/.exec(table)?.[1];
    assert.ok(name !== undefined, `${file} names a table in another way: ${table}`);
    assert.equal(file, fileOf(name));
  }
  assert.deepEqual([...new Set(found.map(({ file }) => file))].sort(), tables.map(fileOf).sort());
});

test("the query layer and the databases are imported in the store alone, and where records are kept", () => {
  const importing = sources.filter((file) =>
    importsOf(file).some((one) =>
      ["kysely", "pg", "node:sqlite", "@duckdb/node-api"].includes(one),
    ),
  );
  assert.deepEqual(
    importing.filter((file) => !file.startsWith(store) && !file.startsWith(kept)),
    [],
  );
  assert.ok(importing.length > tables.length);
});

test("no table is written in SQL of its own", () => {
  const raw = packages.filter(
    (file) =>
      !file.startsWith(kept) &&
      /\b(INSERT INTO|UPDATE \w+ SET|DELETE FROM|SELECT .* FROM)\b/.test(textOf(file)),
  );
  assert.deepEqual(raw, []);
});
