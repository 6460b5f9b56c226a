import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { extendChain } from "../../packages/server/src/store/audit-chain/extend-chain.ts";
import type { ChainHead } from "../../packages/server/src/store/audit-chain/head.ts";
import { verifyChain } from "../../packages/server/src/store/audit-chain/verify-chain.ts";
import { DatabaseStore } from "../../packages/server/src/store/database-store.ts";
import { openDatabase } from "../../packages/server/src/store/open-store.ts";
import { createSealing } from "../../packages/server/src/store/sealing.ts";
import { freshDatabase } from "../identity/fresh-database.ts";
import { offeredStores } from "../identity/every-store.ts";
import { test } from "../parts/test.ts";

const sealing = createSealing([Buffer.alloc(32, 7)]);
const day = 86_400_000;
const nowMs = 1000 * day;
const keepMs = 100 * day;

/** A store with a chain of ten entries, and who may write to its database without the key. */
async function chained(postgres: string | undefined) {
  const folder = mkdtempSync(join(tmpdir(), "portcullis-chain-"));
  const where = postgres === undefined ? "chain.db" : await freshDatabase(postgres);
  const db = await openDatabase(where, folder);
  const store = new DatabaseStore(db);
  const add = (atMs: number): Promise<void> =>
    store.audit.add({
      id: randomUUID(),
      atMs,
      actor: "admin",
      action: "user-added",
      about: `user:${atMs}`,
      details: { roles: "member", "1": 1 },
    });
  for (let entry = 1; entry <= 10; entry += 1) await add(nowMs - day + entry);
  assert.equal(await extendChain(store, sealing), 10);
  const verify = (known?: ChainHead, sealed = sealing) =>
    verifyChain(store, sealed, { keepMs, nowMs, known });
  return { add, db, store, verify, close: () => store.close() };
}

/** What somebody can do who writes to the database and does not have the key. */
const tampering: readonly (readonly [string, ReturnType<typeof sql>, RegExp])[] = [
  [
    "an entry is changed",
    sql`update audit set about = 'user:other' where sequence = 4`,
    /^entry 4 of .* was changed$/,
  ],
  [
    "an entry's time is changed",
    sql`update audit set at = at - 1 where sequence = 4`,
    /^entry 4 of .* was changed$/,
  ],
  ["an entry is taken out", sql`delete from audit where sequence = 4`, /^entries 4 to 4 are gone$/],
  [
    "an entry is taken out and the others move up",
    sql`update audit set sequence = 100 where sequence = 4`,
    /^entries 4 to 4 are gone$/,
  ],
  [
    "the first entries are taken out",
    sql`delete from audit where sequence <= 4`,
    /^entries 1 to 4 are gone, though the policy keeps/,
  ],
  ["the end is cut off", sql`delete from audit where sequence > 7`, /^entries 8 to 10 are gone$/],
  ["all of it is taken out", sql`delete from audit`, /^entries 1 to 10 are gone$/],
  [
    "the head is taken away",
    sql`delete from audit_head`,
    /^the chain ends at entry 10, and its sealed head says otherwise$/,
  ],
];

for (const { name, needs } of offeredStores) {
  test(`${name}: an audit that nobody has touched is whole`, { needs }, async ({ postgres }) => {
    const { add, close, verify, store } = await chained(needs.length === 0 ? undefined : postgres);
    const first = await verify();
    assert.deepEqual(
      [first.intact, first.entries, first.waiting, first.from, first.head.sequence],
      [true, 10, 0, 1, 10],
    );
    await add(nowMs);
    assert.equal((await verify()).waiting, 1);
    assert.equal(await extendChain(store, sealing), 1);
    assert.deepEqual([(await verify(first.head)).intact, (await verify()).entries], [true, 11]);
    await close();
  });

  test(`${name}: whatever is done to the audit without the key shows`, { needs }, async (given) => {
    const postgres = needs.length === 0 ? undefined : given.postgres;
    for (const [what, statement, fault] of tampering) {
      const { close, db, verify } = await chained(postgres);
      await statement.execute(db);
      const verdict = await verify();
      assert.equal(verdict.intact, false, what);
      assert.match(String(verdict.fault), fault, what);
      await close();
    }
  });

  test(`${name}: a head of another key is not believed, and the chain is not extended from it`, {
    needs,
  }, async ({ postgres }) => {
    const { add, close, store, verify } = await chained(needs.length === 0 ? undefined : postgres);
    const other = createSealing([Buffer.alloc(32, 8)]);
    assert.match(String((await verify(undefined, other)).fault), /without the key/);
    await add(nowMs);
    await assert.rejects(extendChain(store, other), /sealed with a key that is not here/);
    await close();
  });

  test(`${name}: a head that was noted down shows that the end was cut off and sealed anew`, {
    needs,
  }, async ({ postgres }) => {
    const { close, db, store, verify } = await chained(needs.length === 0 ? undefined : postgres);
    const { head } = await verify();
    // Somebody brings the database back from an older copy, head and all.
    await sql`delete from audit`.execute(db);
    await sql`delete from audit_head`.execute(db);
    await store.audit.add({
      id: "later",
      atMs: nowMs,
      actor: "a",
      action: "b",
      about: "c",
      details: {},
    });
    await extendChain(store, sealing);
    assert.equal((await verify()).intact, true);
    assert.match(String((await verify(head)).fault), /^entry 10, which was noted down, is gone/);
    await close();
  });

  test(`${name}: what the policy lets go leaves the rest whole`, { needs }, async ({
    postgres,
  }) => {
    const { add, close, store } = await chained(needs.length === 0 ? undefined : postgres);
    // A later entry, by the clock of a node that was behind: it must not be cut out of the middle.
    await add(nowMs - 200 * day);
    await add(nowMs);
    await extendChain(store, sealing);
    assert.equal(await store.audit.removeBefore(nowMs - day + 4, 100), 3);
    const verdict = await verifyChain(store, sealing, { keepMs: 0, nowMs, known: undefined });
    assert.deepEqual([verdict.intact, verdict.from, verdict.entries], [true, 4, 9]);
    await close();
  });

  test(`${name}: two nodes that extend one chain at once leave one chain`, {
    needs,
  }, async (given) => {
    const { add, close, store, verify } = await chained(
      needs.length === 0 ? undefined : given.postgres,
    );
    for (let round = 0; round < 5; round += 1) {
      await Promise.all([add(nowMs + round), add(nowMs + round), add(nowMs + round)]);
      await Promise.all([extendChain(store, sealing), extendChain(store, sealing)]);
    }
    await extendChain(store, sealing);
    const verdict = await verify();
    assert.deepEqual([verdict.fault, verdict.entries, verdict.waiting], [undefined, 25, 0]);
    await close();
  });
}
