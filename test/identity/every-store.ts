import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import { after } from "node:test";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DatabaseStore } from "../../packages/server/src/store/database-store.ts";
import { openStore } from "../../packages/server/src/store/open-store.ts";
import { test } from "../parts/test.ts";
import { freshDatabase } from "./fresh-database.ts";

interface OfferedStore {
  readonly name: string;
  readonly needs: readonly "postgres"[];
}

/** Every store that is offered. */
export const offeredStores: readonly OfferedStore[] = [
  { name: "SQLite", needs: [] },
  { name: "PostgreSQL", needs: ["postgres"] },
];

/** States what must hold of a store, under the store's name. */
export type TestOfStore = (sentence: string, body: () => Promise<void>) => void;

/**
 * Holds the same guarantees against every store, each empty at first and shared by its tests.
 *
 * @param state is called once for each store; `store()` is there when a test's body runs
 */
export function forEveryStore(
  state: (test: TestOfStore, store: () => DatabaseStore) => void,
): void {
  for (const { name, needs } of offeredStores) {
    let opened: Promise<DatabaseStore> | undefined;
    let store: DatabaseStore | undefined;
    after(() => store?.close());
    state(
      (sentence, body) =>
        test(`${name}: ${sentence}`, { needs }, async ({ postgres }) => {
          store = await (opened ??= open(needs.length === 0 ? undefined : postgres));
          await body();
        }),
      () => {
        if (store === undefined) throw new Error("the store is opened by the first test");
        return store;
      },
    );
  }
}

async function open(postgres: string | undefined): Promise<DatabaseStore> {
  const folder = mkdtempSync(join(tmpdir(), "portcullis-tables-"));
  return openStore(postgres === undefined ? "tables.db" : await freshDatabase(postgres), folder);
}

export const callers = 20;

export const atOnce = <T>(work: (caller: number) => Promise<T>): Promise<readonly T[]> =>
  Promise.all(Array.from({ length: callers }, (_, caller) => work(caller)));

export const howMany = (answers: readonly unknown[], wanted: unknown): number =>
  answers.filter((answer) => answer === wanted).length;

let made = 0;

/** A name that no other row has. */
export const nameOf = (what: string): string => `${what}-${(made += 1)}`;

/** An account that is there. */
export async function addAccountTo({ accounts }: Pick<DatabaseStore, "accounts">): Promise<string> {
  const id = nameOf("account");
  const added = await accounts.add({
    id,
    email: `${id}@notes.example`,
    emailVerifiedAtMs: undefined,
    passwordHash: undefined,
    roles: ["member"],
    tier: undefined,
    version: 1,
    epoch: 1,
    createdAtMs: 1,
    disabledAtMs: undefined,
  });
  assert.ok(added);
  return id;
}
