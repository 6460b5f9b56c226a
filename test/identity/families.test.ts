import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { decodeJwt } from "jose";
import { grantRef, recordId } from "../../packages/identity/src/names/record-names.ts";
import { openRecord, sealRecord } from "../../packages/identity/src/rotation/sealed-record.ts";
import { sweep } from "../../packages/identity/src/sweep.ts";
import { App, oauthError, type Tokens } from "./app.ts";
import { type DirectIssuer, openDirectIssuer } from "./direct-issuer.ts";

// A family of refresh tokens is one row, and says what is needed of each of its tokens.
const hours = 3_600_000;
const days = 24 * hours;
const keep = { audit: days, devices: 400 * days, sessions: 90 * days, codes: days };
let issuer: DirectIssuer;
before(async () => {
  issuer = await openDirectIssuer({ store: "sqlite", delayMs: 0 });
});
after(() => issuer.close());

const signedIn = async (): Promise<{ app: App; tokens: Tokens }> => {
  const app = await new App(issuer).begin();
  return { app, tokens: await app.signIn(issuer.email) };
};
const refreshRows = async (): Promise<number> =>
  (
    await issuer.db
      .selectFrom("oidc_records")
      .select("id")
      .where("model", "=", "RefreshToken")
      .execute()
  ).length;

test("however often it is rotated, a session has one row of refresh tokens", async () => {
  const before_ = await refreshRows();
  const { app, tokens } = await signedIn();
  let token = tokens.refresh_token as string;
  for (let round = 0; round < 30; round += 1)
    token = (await app.refresh(token)).refresh_token as string;
  assert.equal(await refreshRows(), before_ + 1);
});

test("a token that was changed in any part is none, and no incident", async () => {
  const { app, tokens } = await signedIn();
  const { tokens: others } = await signedIn();
  const token = tokens.refresh_token as string;
  const [form, handle, own, bearer] = token.split(".") as [string, string, string, string];
  const [, otherHandle, otherOwn] = (others.refresh_token as string).split(".");
  const flipped = (text: string, at: number): string =>
    `${text.slice(0, at)}${text[at] === "A" ? "B" : "A"}${text.slice(at + 1)}`;
  for (const changed of [
    [form, otherHandle, own, bearer],
    [form, handle, otherOwn, bearer],
    [form, handle, flipped(own, 20), bearer],
    [form, handle, flipped(own, 0), bearer],
    [form, flipped(handle, 3), own, bearer],
    [form, handle, own],
    [form, handle, own.slice(0, -1), bearer],
    ["pr2", handle, own, bearer],
  ])
    assert.equal(await oauthError(app.refresh(changed.join("."))), "invalid_grant");
  assert.deepEqual(issuer.incidents(), []);
  assert.ok((await app.refresh(token)).access_token);
});

test("a refresh token from before families becomes one at its next use, and a lost answer is given again", async () => {
  const { app, tokens } = await signedIn();
  const { sid } = decodeJwt(tokens.access_token) as { sid: string };
  const session = await issuer.db
    .selectFrom("app_sessions")
    .select("grant_ref")
    .where("id", "=", sid)
    .executeTakeFirstOrThrow();
  const family = await issuer.store.oidcRecords.unspentRefreshToken(session.grant_ref);
  assert.ok(family !== undefined);
  const { family: _, ...payload } = openRecord(family, issuer.sealing) as Record<string, unknown>;
  assert.equal(grantRef(payload["grantId"] as string), session.grant_ref);
  const old = "a-refresh-token-as-they-were-before-families";
  const id = recordId("RefreshToken", old);
  const sealed = sealRecord("RefreshToken", id, payload, issuer.sealing);
  await issuer.store.oidcRecords.remove("RefreshToken", family.id);
  await issuer.store.oidcRecords.put({ ...family, id, sealed });

  const first = await app.refresh(old);
  assert.match(first.refresh_token as string, /^pr1\./);
  assert.equal((await app.refresh(old)).refresh_token, first.refresh_token);
  issuer.advance(9 * hours);
  const again = await app.refresh(old);
  assert.equal(await issuer.liveTokens(sid), 1);
  const next = await app.refresh(again.refresh_token as string);
  issuer.advance(hours);
  assert.equal(await oauthError(app.refresh(old)), "invalid_grant");
  assert.match(issuer.incidents().join(), /used twice/);
  assert.equal(await oauthError(app.refresh(next.refresh_token as string)), "invalid_grant");
  issuer.forgetIncidents();
});

test("ten refreshes a day for sixteen days leave no more behind than two days do", {
  timeout: 120_000,
}, async () => {
  const app = await new App(issuer).begin();
  const { sid } = decodeJwt((await app.signIn(issuer.email)).access_token) as { sid: string };
  let token = (await app.signIn(issuer.email)).refresh_token as string;
  const bytesAfter: number[] = [];
  for (let day = 1; day <= 16; day += 1) {
    for (let times = 0; times < 10; times += 1) {
      issuer.advance(2.4 * hours);
      token = (await app.refresh(token)).refresh_token as string;
    }
    issuer.advance(2 * 60_000);
    await sweep(issuer.store, keep, 30 * 24 * hours, issuer.now());
    bytesAfter[day] = await bytesOf(sid);
  }
  const [second, last] = [bytesAfter[2] as number, bytesAfter[16] as number];
  assert.ok(last <= second * 1.05, `day 2: ${second} bytes, day 16: ${last}`);
  assert.ok(last < 3000, `${last} bytes a device`);
});

/** What the newest device has in all tables: the rows of all, less those of the session before. */
async function bytesOf(excludedSession: string): Promise<number> {
  const sessions = await issuer.db.selectFrom("app_sessions").selectAll().execute();
  const newest = sessions
    .filter(({ id }) => id !== excludedSession)
    .toSorted((a, b) => b.created_at - a.created_at)[0];
  const ref = newest?.grant_ref ?? "";
  const rows: object[] = [
    ...sessions.filter(({ id }) => id === newest?.id),
    ...(await issuer.db
      .selectFrom("oidc_records")
      .selectAll()
      .where("grant_ref", "=", ref)
      .execute()),
    ...(await issuer.db
      .selectFrom("rotation_receipts")
      .selectAll()
      .where("grant_ref", "=", ref)
      .execute()),
    ...(await issuer.db
      .selectFrom("devices")
      .selectAll()
      .where("id", "=", newest?.device_id ?? "")
      .execute()),
  ];
  assert.ok(rows.length >= 3, `${rows.length}`);
  let bytes = 0;
  for (const row of rows)
    for (const value of Object.values(row))
      bytes += value instanceof Uint8Array ? value.length : String(value ?? "").length;
  return bytes;
}
