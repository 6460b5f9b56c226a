import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { App, oauthError, type Tokens } from "./app.ts";
import { type DirectIssuer, openDirectIssuer } from "./direct-issuer.ts";

// A store that was brought back from a copy costs nobody their session, and brings nothing back to
// life that had been ended.
const minute = 60_000;
let issuer: DirectIssuer;
before(async () => {
  issuer = await openDirectIssuer({ store: "sqlite", delayMs: 0 });
});
after(() => issuer.close());

const copied = ["oidc_records", "app_sessions", "accounts", "devices"] as const;
type Copy = Record<(typeof copied)[number], readonly object[]>;

async function copy(): Promise<Copy> {
  const rows = await Promise.all(
    copied.map(async (table) => [table, await issuer.db.selectFrom(table).selectAll().execute()]),
  );
  return Object.fromEntries(rows) as Copy;
}

/** The tables as they were. */
async function restore(rows: Copy): Promise<void> {
  for (const table of ["rotation_receipts", "restorations", ...copied] as const)
    await issuer.db.deleteFrom(table).execute();
  for (const table of ["accounts", "devices", "oidc_records", "app_sessions"] as const)
    for (const row of rows[table])
      await issuer.db
        .insertInto(table)
        .values(row as never)
        .execute();
}

const signedIn = async (): Promise<{ app: App; tokens: Tokens }> => {
  const app = await new App(issuer).begin();
  return { app, tokens: await app.signIn(issuer.email) };
};
const rotated = async (app: App, tokens: Tokens, times: number): Promise<Tokens[]> => {
  const all = [tokens];
  for (let round = 0; round < times; round += 1)
    all.push(await app.refresh(all.at(-1)?.refresh_token as string));
  return all;
};
const sayRestored = (copyOfMs: number): Promise<void> =>
  issuer.store.restorations.put({ copyOfMs, saidAtMs: issuer.now() });
const refreshed = (app: App, { refresh_token: token = "" }: Tokens): Promise<string> =>
  oauthError(app.refresh(token));

test("after a copy was restored and that was said, a later token is taken, from its key, once", async () => {
  const { app, tokens } = await signedIn();
  const rows = await copy();
  const copyOf = issuer.now();
  issuer.advance(minute);
  const later = await rotated(app, tokens, 4);
  issuer.advance(minute);
  await restore(rows);

  const newest = later.at(-1) as Tokens;
  assert.equal(await refreshed(app, newest), "invalid_grant", "nobody has said so");
  assert.match(issuer.said.join("\n"), /portcullis store restored --at/);
  await sayRestored(copyOf);
  const thief = await new App(issuer).begin();
  assert.equal(await refreshed(thief, newest), "invalid_grant", "another key");
  const renewed = await app.refresh(newest.refresh_token as string);
  assert.equal(
    (await app.refresh(newest.refresh_token as string)).refresh_token,
    renewed.refresh_token,
    "an answer that was lost is given again",
  );
  await rotated(app, renewed, 2);
  assert.deepEqual(issuer.incidents(), []);
});

test("of one family a second later token is not taken, and tokens of the copy stay good", async () => {
  const { app, tokens } = await signedIn();
  const still = await signedIn();
  const rows = await copy();
  const copyOf = issuer.now();
  issuer.advance(minute);
  const later = await rotated(app, tokens, 6);
  await restore(rows);
  await sayRestored(copyOf);
  assert.equal(await refreshed(app, later[3] as Tokens), "accepted");
  issuer.advance(2 * minute);
  assert.equal(await refreshed(app, later[6] as Tokens), "invalid_grant");
  assert.equal(await refreshed(still.app, still.tokens), "accepted");
  assert.deepEqual(issuer.incidents(), []);
});

test("what was ended after the copy ends again once a later sign-in of the account is seen", async () => {
  const thief = await signedIn();
  const rows = await copy();
  const copyOf = issuer.now();
  issuer.advance(minute);
  await issuer.store.accounts.raiseEpoch("u-ann");
  const owner = await signedIn();
  await restore(rows);
  await sayRestored(copyOf);
  assert.equal(await refreshed(owner.app, owner.tokens), "invalid_grant", "it starts again");
  assert.equal(await refreshed(thief.app, thief.tokens), "invalid_grant");
  const account = await issuer.store.accounts.byId("u-ann");
  assert.ok((account?.epoch ?? 0) > 1);
  const again = await signedIn();
  assert.equal(await refreshed(again.app, again.tokens), "accepted");
});
