import assert from "node:assert/strict";
import { sweep } from "../../packages/identity/src/sweep.ts";
import { forEveryStore, nameOf } from "./every-store.ts";

const day = 86_400_000;
const now = 1000 * day;
const keep = { audit: 100 * day, devices: 50 * day, sessions: 20 * day, codes: day };
const sessionMs = 30 * day;

forEveryStore((test, store) => {
  const sweepNow = (): Promise<void> => sweep(store(), keep, sessionMs, now);

  test("the audit, devices, sessions and codes go when the policy says, and not a day before", async () => {
    const accountId = nameOf("account");
    await store().accounts.add({
      id: accountId,
      email: undefined,
      emailVerifiedAtMs: undefined,
      passwordHash: undefined,
      roles: [],
      tier: undefined,
      version: 1,
      epoch: 1,
      createdAtMs: 1,
      disabledAtMs: undefined,
    });
    const { appSessions, audit, devices, oneTimeCodes } = store();
    const begin = async (id: string, atMs: number): Promise<void> =>
      appSessions.begin({
        id,
        grantRef: id,
        accountId,
        clientId: "app",
        deviceId: undefined,
        epoch: 1,
        label: "",
        network: "",
        endsAtMs: undefined,
        createdAtMs: atMs,
      });
    for (const age of [99, 101]) {
      const entry = { actor: "a", action: "b", about: "c", details: {} };
      await audit.add({ id: `audit ${age} ${accountId}`, atMs: now - age * day, ...entry });
    }
    for (const age of [49, 51])
      await devices.noteSignIn({
        accountId,
        id: `device ${age}`,
        clientId: "app",
        isTrusted: false,
        epoch: 1,
        atMs: now - age * day,
      });
    for (const age of [19, 21]) {
      await begin(`ended ${age} ${accountId}`, now - 40 * day);
      await appSessions.end({ id: `ended ${age} ${accountId}` }, "test", now - age * day);
    }
    for (const age of [49, 51]) await begin(`unused ${age} ${accountId}`, now - age * day);
    for (const age of [0, 2])
      await oneTimeCodes.put({
        id: `code ${age} ${accountId}`,
        purpose: "reset",
        about: "u",
        sealed: Buffer.from("s"),
        expiresAtMs: now - age * day - 1,
      });
    await sweepNow();
    const kept = (await audit.newest(100)).filter(({ id }) => id.endsWith(accountId));
    assert.deepEqual(
      kept.map(({ id }) => id),
      [`audit 99 ${accountId}`],
    );
    assert.deepEqual(
      (await devices.of(accountId)).map(({ id }) => id),
      ["device 49"],
    );
    const there = async (id: string): Promise<boolean> =>
      (await appSessions.progressOf(`${id} ${accountId}`)) !== undefined;
    assert.deepEqual(
      [await there("ended 19"), await there("ended 21")],
      [true, false],
      "sessions that were ended",
    );
    assert.deepEqual(
      [await there("unused 49"), await there("unused 51")],
      [true, false],
      "sessions that nobody has used",
    );
    assert.equal(await oneTimeCodes.remove(`code 0 ${accountId}`), true);
    assert.equal(await oneTimeCodes.remove(`code 2 ${accountId}`), false);
  });

  test("a sweep takes a thousand rows with a statement, and goes on until none are left", async () => {
    const { audit } = store();
    await store().inTransaction(async (tables) => {
      for (let index = 0; index < 2500; index += 1)
        await tables.audit.add({
          id: nameOf("old"),
          atMs: 1,
          actor: "a",
          action: "b",
          about: "c",
          details: {},
        });
    });
    assert.equal(await audit.removeBefore(now - keep.audit, 1000), 1000);
    await sweepNow();
    assert.equal(await audit.removeBefore(now - keep.audit, 1000), 0);
  });
});
