import assert from "node:assert/strict";
import type { FactorRecord } from "@portcullis/identity/store";
import { addAccountTo, atOnce, callers, howMany, nameOf, forEveryStore } from "./every-store.ts";

// What accounts, factors and clients rely on of the store, held against every store().
const sealed = Buffer.from("sealed");

forEveryStore((test, store) => {
  const addAccount = (): Promise<string> => addAccountTo(store());
  const factorOf = (accountId: string, over: Partial<FactorRecord> = {}): FactorRecord => ({
    id: nameOf("factor"),
    accountId,
    kind: "totp",
    label: "",
    sealed,
    counter: 0,
    createdAtMs: 1,
    ...over,
  });

  test("an id and an address belong to one account, and versions rise one by one", async () => {
    const [id, other] = [await addAccount(), await addAccount()];
    const account = await store().accounts.byId(id);
    assert.ok(account !== undefined);
    assert.equal(await store().accounts.add({ ...account, email: "x@notes.example" }), false);
    assert.equal(await store().accounts.add({ ...account, id: nameOf("account") }), false);
    await assert.rejects(store().accounts.changeEmail(other, account.email as string, 1));
    assert.equal(await store().accounts.changeEmail("nobody", "y@notes.example", 1), false);
    const versions = await atOnce(() => store().accounts.change(id, { tier: "gold" }));
    assert.equal(new Set(versions).size, callers);
    assert.equal(Math.max(...(versions as number[])), callers + 1);
    assert.equal(await store().accounts.change("nobody", {}), undefined);
    await store().accounts.change(id, { roles: [], tier: null, disabledAtMs: 7 });
    assert.deepEqual(await store().accounts.byEmail(account.email as string), {
      ...account,
      roles: [],
      disabledAtMs: 7,
      version: callers + 2,
    });
    await store().accounts.change(id, { disabledAtMs: null });
    assert.equal((await store().accounts.byId(id))?.disabledAtMs, undefined);
  });

  test("with an account its factors, devices and linked identities go", async () => {
    const accountId = await addAccount();
    await store().factors.add(factorOf(accountId));
    await store().devices.noteSignIn({
      accountId,
      id: "d",
      clientId: "c",
      isTrusted: true,
      epoch: 1,
      atMs: 1,
    });
    const subject = nameOf("subject");
    await store().identities.link({ issuer: "i", subject, accountId, linkedAtMs: 1 });
    assert.equal(await store().accounts.remove(accountId), true);
    assert.equal(await store().accounts.remove(accountId), false);
    assert.deepEqual(await store().factors.of(accountId), []);
    assert.equal(await store().devices.isKnown(accountId, "d"), false);
    assert.equal(await store().identities.accountOf("i", subject), undefined);
  });

  test("a device keeps its trust, and loses it when it is removed", async () => {
    const accountId = await addAccount();
    const signIn = (isTrusted: boolean, atMs: number, epoch = 1): Promise<void> =>
      store().devices.noteSignIn({ accountId, id: "d", clientId: "app", isTrusted, epoch, atMs });
    await signIn(false, 1);
    assert.equal(await store().devices.isTrusted(accountId, "d"), false);
    await signIn(true, 2);
    await signIn(false, 3);
    assert.deepEqual(await store().devices.of(accountId), [
      { id: "d", label: "app", firstSeenAtMs: 1, lastSeenAtMs: 3, isTrusted: true },
    ]);
    const removed = await atOnce(() => store().devices.remove(accountId, "d", 4));
    assert.equal(howMany(removed, true), 1);
    assert.equal(await store().devices.isKnown(accountId, "d"), false);
    await signIn(false, 5);
    assert.equal(await store().devices.isKnown(accountId, "d"), true);
    assert.equal(await store().devices.isTrusted(accountId, "d"), false);
  });

  test("a device that was trusted is a new one once the account's epoch has risen", async () => {
    const accountId = await addAccount();
    const signIn = (isTrusted: boolean, epoch: number): Promise<void> =>
      store().devices.noteSignIn({
        accountId,
        id: "d",
        clientId: "app",
        isTrusted,
        epoch,
        atMs: 1,
      });
    await signIn(true, 1);
    assert.deepEqual(await store().accounts.raiseEpoch(accountId), { epoch: 2, version: 2 });
    assert.equal(await store().devices.isKnown(accountId, "d"), false);
    assert.equal((await store().devices.of(accountId))[0]?.isTrusted, false);
    await signIn(false, 2);
    assert.equal(await store().devices.isKnown(accountId, "d"), true);
    assert.equal(await store().devices.isTrusted(accountId, "d"), false);
    assert.equal(await store().accounts.raiseEpoch("nobody"), undefined);
  });

  test("a browser is known by its newest name, in the account's epoch and for its time", async () => {
    const { accounts, knownBrowsers } = store();
    const accountId = await addAccount();
    const [id, renamed] = [nameOf("browser"), nameOf("browser")];
    const browser = { accountId, id, epoch: 1, label: "Firefox on Linux", network: "10.0.0.1" };
    await knownBrowsers.noteSignIn({ ...browser, lastSeenAtMs: 5 });
    assert.equal(await knownBrowsers.isKnown(accountId, id, 5), true);
    assert.equal(await knownBrowsers.isKnown(accountId, id, 6), false);
    assert.equal(await knownBrowsers.isKnown("", id, 0), false);
    await knownBrowsers.rename(id, renamed);
    assert.equal(await knownBrowsers.isKnown(accountId, id, 0), false);
    await knownBrowsers.noteSignIn({ ...browser, id: renamed, lastSeenAtMs: 9 });
    assert.deepEqual(await knownBrowsers.of(accountId, 0), [
      { ...browser, id: renamed, firstSeenAtMs: 5, lastSeenAtMs: 9 },
    ]);
    await accounts.raiseEpoch(accountId);
    assert.deepEqual(await knownBrowsers.of(accountId, 0), []);
    await knownBrowsers.keep(accountId, renamed, 2);
    assert.equal(await knownBrowsers.isKnown(accountId, renamed, 0), true);
    await accounts.raiseEpoch(accountId);
    await accounts.raiseEpoch(accountId);
    await knownBrowsers.keep(accountId, renamed, 4);
    assert.equal(await knownBrowsers.isKnown(accountId, renamed, 0), false);
    assert.equal(await knownBrowsers.remove(accountId, renamed), true);
    assert.equal(await knownBrowsers.remove(accountId, renamed), false);
  });

  test("a step and a recovery code count once, and a passkey's counter rises or stays at zero", async () => {
    const accountId = await addAccount();
    const totp = factorOf(accountId, { counter: 5 });
    const passkey = factorOf(accountId, { kind: "passkey" });
    const recovery = factorOf(accountId, { kind: "recovery" });
    for (const factor of [totp, passkey, recovery]) await store().factors.add(factor);
    assert.equal(await store().factors.spendStep(totp.id, 5, 1), false);
    assert.equal(howMany(await atOnce(() => store().factors.spendStep(totp.id, 6, 1)), true), 1);
    assert.equal(await store().factors.raiseCounter(passkey.id, 0, 1), true);
    assert.equal(
      howMany(await atOnce(() => store().factors.raiseCounter(passkey.id, 3, 1)), true),
      1,
    );
    assert.equal(await store().factors.raiseCounter(passkey.id, 0, 1), false);
    const spent = await atOnce(() => store().factors.spendRecoveryCode(accountId, recovery.id));
    assert.equal(howMany(spent, true), 1);
    assert.equal(await store().factors.spendRecoveryCode(accountId, totp.id), false);
    assert.equal(await store().factors.remove("somebody else", totp.id), false);
    await store().factors.put({ ...passkey, sealed: Buffer.from("again"), createdAtMs: 9 });
    const again = await store().factors.find(passkey.id, "passkey");
    assert.deepEqual([Buffer.from(again?.sealed ?? []).toString(), again?.counter], ["again", 3]);
    assert.equal(await store().factors.find(passkey.id, "totp"), undefined);
  });

  test("twenty tries of a code at once are five, and what it is about is given once", async () => {
    const code = {
      id: nameOf("code"),
      purpose: "reset",
      about: "u-ann",
      sealed,
      expiresAtMs: 100,
    };
    const { oneTimeCodes } = store();
    await oneTimeCodes.put(code);
    const tried = await atOnce(() => oneTimeCodes.countAttempt(code.id, 5, 50));
    assert.equal(tried.filter((one) => one?.about === "u-ann").length, 5);
    await oneTimeCodes.put(code);
    assert.ok((await oneTimeCodes.countAttempt(code.id, 5, 50)) !== undefined);
    assert.equal(await oneTimeCodes.countAttempt(code.id, 5, 100), undefined);
    assert.equal(await oneTimeCodes.take(code.id, 100), undefined);
    assert.equal(howMany(await atOnce(() => oneTimeCodes.take(code.id, 99)), "u-ann"), 1);
    await oneTimeCodes.put(code);
    assert.equal(howMany(await atOnce(() => oneTimeCodes.remove(code.id)), true), 1);
  });

  test("an identity elsewhere is linked to one account", async () => {
    const accountId = await addAccount();
    const identity = { issuer: "i", subject: nameOf("subject"), accountId, linkedAtMs: 1 };
    await store().identities.link(identity);
    await assert.rejects(store().identities.link(identity));
    await store().identities.linkUnlessLinked({ ...identity, accountId: await addAccount() });
    assert.equal(await store().identities.accountOf("i", identity.subject), accountId);
  });

  test("clients are added once, and disabled ones are not among those that may ask", async () => {
    const id = nameOf("client");
    const added = await atOnce(() => store().clients.add({ id, metadata: "{}" }, 1));
    assert.equal(howMany(added, true), 1);
    await store().clients.disable(id, 2);
    const enabled = async (): Promise<boolean> =>
      (await store().clients.enabled()).some((one) => one.id === id);
    assert.deepEqual([await enabled(), await store().clients.has(id)], [false, true]);
    await store().clients.enable(id);
    assert.equal(await enabled(), true);
    await store().clients.remove(id);
    assert.equal(await store().clients.has(id), false);
  });

  test("a transaction that fails leaves nothing, in whatever tables it wrote", async () => {
    const accountId = await addAccount();
    const factor = factorOf(accountId);
    const about = nameOf("about");
    await assert.rejects(
      store().inTransaction(async ({ accounts, audit, factors }) => {
        await factors.add(factor);
        await accounts.setPasswordHash(accountId, "hash");
        await audit.add({ id: about, atMs: 1, actor: "a", action: "b", about, details: {} });
        throw new Error("the crash");
      }),
      /the crash/,
    );
    assert.deepEqual(await store().factors.of(accountId), []);
    assert.equal((await store().accounts.byId(accountId))?.passwordHash, undefined);
    assert.ok((await store().audit.newest(1000)).every((one) => one.about !== about));
  });
});
