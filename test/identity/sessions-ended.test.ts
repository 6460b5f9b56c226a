import assert from "node:assert/strict";
import { Sessions } from "../../packages/identity/src/people/sessions.ts";
import { addAccountTo, forEveryStore, nameOf } from "./every-store.ts";

forEveryStore((test, store) => {
  test("ending everything ends each session, refuses every token, and leaves one browser", async () => {
    const accountId = await addAccountTo(store());
    const sessions = new Sessions(store(), () => 1000);
    for (let count = 0; count < 3; count += 1)
      await store().appSessions.begin({
        id: nameOf("session"),
        grantRef: nameOf("grant"),
        accountId,
        clientId: "notes-app",
        deviceId: undefined,
        epoch: 1,
        label: "",
        network: "",
        createdAtMs: 1,
        endsAtMs: undefined,
      });
    assert.equal((await sessions.of(accountId)).length, 3);
    assert.equal(await sessions.endEverything(accountId, "because"), 3);
    assert.equal((await sessions.of(accountId)).length, 0);
    const revoked = await store().revocations.find("subject", accountId);
    assert.equal(revoked?.leastVersion, 2, "whatever was issued to the account before");
    assert.equal(await sessions.endEverything(accountId, "again"), 0);
    assert.equal((await store().accounts.byId(accountId))?.epoch, 3);
    assert.equal(await sessions.endEverything("nobody", "because"), 0);
  });
});
