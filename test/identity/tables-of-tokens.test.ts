import assert from "node:assert/strict";
import type { NewOidcRecord } from "@portcullis/identity/store";
import type { DatabaseStore } from "../../packages/server/src/store/database-store.ts";
import { addAccountTo, atOnce, howMany, nameOf, forEveryStore } from "./every-store.ts";

// What issuing, rotating and revoking tokens rely on of the store, held against every store().
const sealed = Buffer.from("sealed");

const recordOf = (model: string, over: Partial<NewOidcRecord> = {}): NewOidcRecord => ({
  model,
  id: nameOf("record"),
  grantRef: undefined,
  uidRef: undefined,
  accountRef: undefined,
  epoch: undefined,
  sealed,
  generation: undefined,
  expiresAtMs: undefined,
  ...over,
});

forEveryStore((test, store) => {
  test("a record is spent once, however many try it at once, and stays spent when it is written again", async () => {
    const record = recordOf("RefreshToken", { grantRef: nameOf("grant") });
    await store().oidcRecords.put(record);
    const spent = await atOnce((caller) =>
      store().oidcRecords.spend(record.model, record.id, caller + 1),
    );
    assert.equal(howMany(spent, true), 1);
    await store().oidcRecords.put({ ...record, expiresAtMs: 9 });
    const found = await store().oidcRecords.find(record.model, record.id);
    assert.equal(found?.consumedAtMs, spent.indexOf(true) + 1);
    assert.equal(found.expiresAtMs, 9);
    assert.equal(
      await store().oidcRecords.unspentRefreshToken(record.grantRef as string),
      undefined,
    );
    assert.equal(await store().oidcRecords.spend("RefreshToken", "nothing", 1), false);
  });

  test("a proof is remembered once until it has expired", async () => {
    const proof = recordOf("ReplayDetection", { expiresAtMs: 100 });
    const remembered = await atOnce(() => store().oidcRecords.putOnce(proof, 50));
    assert.equal(howMany(remembered, true), 1);
    assert.equal(await store().oidcRecords.putOnce(proof, 99), false);
    assert.equal(await store().oidcRecords.putOnce({ ...proof, expiresAtMs: 200 }, 100), true);
    assert.equal(await store().oidcRecords.putOnce(proof, 150), false);
  });

  test("of a family one model ends, or all of it, and no other family", async () => {
    const [grantRef, other] = [nameOf("grant"), nameOf("grant")];
    const token = recordOf("RefreshToken", { grantRef });
    const code = recordOf("AuthorizationCode", { grantRef });
    const foreign = recordOf("RefreshToken", { grantRef: other });
    for (const record of [token, code, foreign]) await store().oidcRecords.put(record);
    await store().oidcRecords.removeOfGrant(grantRef, "AuthorizationCode");
    assert.equal(await store().oidcRecords.find("AuthorizationCode", code.id), undefined);
    assert.ok(await store().oidcRecords.find("RefreshToken", token.id));
    await store().oidcRecords.removeOfGrant(grantRef);
    assert.equal(await store().oidcRecords.find("RefreshToken", token.id), undefined);
    assert.ok(await store().oidcRecords.find("RefreshToken", foreign.id));
  });

  test("browsers are signed out by account, but for the one in which it is asked for", async () => {
    const accountRef = nameOf("account");
    const kept = recordOf("Session", { accountRef, uidRef: nameOf("uid") });
    const ended = recordOf("Session", { accountRef, uidRef: nameOf("uid") });
    const unnamed = recordOf("Session", { accountRef });
    const foreign = recordOf("Session", { accountRef: nameOf("account"), uidRef: nameOf("uid") });
    for (const record of [kept, ended, unnamed, foreign]) await store().oidcRecords.put(record);
    await store().oidcRecords.removeBrowserSessions(accountRef, kept.uidRef);
    const there = async (record: NewOidcRecord): Promise<boolean> =>
      (await store().oidcRecords.find("Session", record.id)) !== undefined;
    assert.deepEqual(
      [await there(kept), await there(ended), await there(unnamed), await there(foreign)],
      [true, false, false, true],
    );
    assert.equal((await store().oidcRecords.findByUid("Session", kept.uidRef ?? ""))?.id, kept.id);
  });

  test("what has expired is swept, refresh tokens later than the rest", async () => {
    const records = [
      recordOf("Grant", { expiresAtMs: 99 }),
      recordOf("Grant", { expiresAtMs: 100 }),
      recordOf("Grant"),
      recordOf("RefreshToken", { expiresAtMs: 49 }),
      recordOf("RefreshToken", { expiresAtMs: 99 }),
    ];
    for (const record of records) await store().oidcRecords.put(record);
    await store().oidcRecords.removeExpired(100, 50);
    const left = await Promise.all(
      records.map(
        async ({ id, model }) => (await store().oidcRecords.find(model, id)) !== undefined,
      ),
    );
    assert.deepEqual(left, [false, true, true, false, true]);
  });

  test("of many who put the next generation in place of the same one, one does", async () => {
    const { oidcRecords } = store();
    const family = recordOf("RefreshToken", { generation: 4, grantRef: nameOf("grant") });
    await oidcRecords.put(family);
    const advanced = await atOnce(() => oidcRecords.advance({ ...family, generation: 5 }, 4));
    assert.equal(howMany(advanced, true), 1);
    assert.equal((await oidcRecords.find(family.model, family.id))?.generation, 5);
    assert.equal(await oidcRecords.advance({ ...family, generation: 6 }, 4), false);
    assert.equal(await oidcRecords.advance({ ...family, id: nameOf("record") }, 5), false);
  });

  test("a session is confirmed upward only, and ends once", async () => {
    const session = {
      id: nameOf("session"),
      grantRef: nameOf("grant"),
      accountId: await addAccountTo(store()),
      clientId: "notes-app",
      deviceId: undefined,
      epoch: 1,
      label: "notes-app 3.4.1",
      network: "192.0.2.1",
      createdAtMs: 1,
      endsAtMs: 50,
    };
    const { appSessions } = store();
    await appSessions.begin(session);
    await appSessions.begin({ ...session, createdAtMs: 5 });
    await appSessions.noteUse(session.grantRef, 3, 10, 60);
    await appSessions.confirm(session.id, 2);
    await appSessions.noteUse(session.grantRef, 1, 11, undefined);
    assert.deepEqual(await appSessions.progressOf(session.grantRef), {
      hasEnded: false,
      confirmedGeneration: 3,
      spentAtMs: 10,
    });
    await appSessions.noteUse(session.grantRef, 3, 11, undefined);
    assert.equal(
      (await appSessions.progressOf(session.grantRef))?.spentAtMs,
      10,
      "asking again for a lost answer does not move the moment",
    );
    await appSessions.confirm(session.id, 4);
    assert.equal((await appSessions.progressOf(session.grantRef))?.confirmedGeneration, 4);
    assert.deepEqual(await appSessions.openOf(session.accountId, 59), [
      { ...session, endsAtMs: 60, usedAtMs: 11 },
    ]);
    assert.deepEqual(await appSessions.openOf(session.accountId, 60), []);
    const ended = await atOnce((caller) =>
      caller % 2 === 0
        ? appSessions.endOfGrant(session.grantRef, "signed-out", 20)
        : appSessions.end({ id: session.id }, "signed-out", 20).then(([one]) => one),
    );
    assert.equal(ended.filter((one) => one !== undefined).length, 1);
    assert.equal((await appSessions.progressOf(session.grantRef))?.hasEnded, true);
    assert.deepEqual(await appSessions.openOf(session.accountId, 0), []);
  });

  test("sessions end by what they have in common", async () => {
    const [one, two] = [await addAccountTo(store()), await addAccountTo(store())];
    const begin = (accountId: string, clientId: string, deviceId: string): Promise<void> =>
      store().appSessions.begin({
        id: nameOf("session"),
        grantRef: nameOf("grant"),
        accountId,
        clientId,
        deviceId,
        epoch: 1,
        label: "",
        network: "",
        createdAtMs: 1,
        endsAtMs: undefined,
      });
    await begin(one, "app", "d1");
    await begin(one, "app", "d2");
    await begin(one, "site", "d2");
    await begin(two, "app", "d2");
    const end = async (
      which: Parameters<DatabaseStore["appSessions"]["end"]>[0],
    ): Promise<number> => (await store().appSessions.end(which, "because", 2)).length;
    assert.equal(await end({ accountId: one, deviceId: "d1" }), 1);
    assert.equal(await end({ accountId: one, clientId: "site" }), 1);
    assert.equal(await end({ accountId: one }), 1);
    assert.equal((await store().appSessions.openOf(two, 0)).length, 1);
    assert.equal(await end({ accountId: two, clientId: "app", deviceId: "d2" }), 1);
  });

  test("a revocation that is written again is seen by those who saw the one before", async () => {
    const revocation = {
      kind: "subject",
      value: nameOf("subject"),
      beforeSeconds: 5,
      leastVersion: undefined,
      expiresAtMs: 100,
    } as const;
    const mine = async (position: number, nowMs = 50) =>
      (await store().revocations.after(position, nowMs)).filter(
        ({ value }) => value === revocation.value,
      );
    await store().revocations.put(revocation, 1);
    const [first] = await mine(0);
    await store().revocations.put({ ...revocation, beforeSeconds: 9 }, 2);
    const [second, ...more] = await mine(first?.position ?? 0);
    assert.deepEqual([second?.beforeSeconds, more.length], [9, 0]);
    assert.deepEqual(await mine(0, 100), []);
    assert.equal((await store().revocations.find("subject", revocation.value))?.beforeSeconds, 9);
    await store().revocations.removeExpired(101, 1000);
    assert.equal(await store().revocations.find("subject", revocation.value), undefined);
  });

  test("an answer is kept in place of an older one to the same token", async () => {
    const receipt = {
      tokenId: nameOf("token"),
      grantRef: nameOf("grant"),
      generation: 1,
      sealed,
      writtenAtMs: 1,
      expiresAtMs: 2,
    };
    await store().rotationReceipts.put(receipt);
    await store().rotationReceipts.put({ ...receipt, writtenAtMs: 3, expiresAtMs: 4 });
    assert.equal((await store().rotationReceipts.find(receipt.tokenId))?.writtenAtMs, 3);
    await store().rotationReceipts.removeExpired(4);
    assert.ok(await store().rotationReceipts.find(receipt.tokenId));
    await store().rotationReceipts.removeOfGrant(receipt.grantRef);
    assert.equal(await store().rotationReceipts.find(receipt.tokenId), undefined);
  });

  test("a key is retired until it is gone, and no longer believed then", async () => {
    const key = {
      kid: nameOf("key"),
      algorithm: "ES256",
      publicJwk: "{}",
      sealed,
      createdAtMs: 1,
      signsFromMs: 1,
    };
    await store().signingKeys.add(key);
    assert.equal(await store().signingKeys.retire(key.kid, 10, 50), true);
    assert.equal(await store().signingKeys.retire(key.kid, 20, 40), true);
    assert.equal(await store().signingKeys.retire(key.kid, 40, 90), false);
    const believed = async (nowMs: number): Promise<boolean> =>
      (await store().signingKeys.believed(nowMs)).some(({ kid }) => kid === key.kid);
    assert.deepEqual([await believed(39), await believed(40)], [true, false]);
    assert.ok((await store().signingKeys.all()).some(({ kid }) => kid === key.kid));
  });
});
