import assert from "node:assert/strict";
import { SigningKeys } from "../../packages/identity/src/protocol/signing-keys.ts";
import { createSealing } from "../../packages/server/src/store/sealing.ts";
import { forEveryStore } from "./every-store.ts";

const minute = 60_000;
const day = 86_400_000;
const hoursBelieved = 25;

forEveryStore((test, store) => {
  const sealing = createSealing([Buffer.alloc(32, 1)]);
  let nowMs = 1_800_000_000_000;
  const keys = (): SigningKeys => new SigningKeys(store().signingKeys, sealing, () => nowMs);
  const states = async (): Promise<Record<string, string>> =>
    Object.fromEntries((await keys().list()).map(({ kid, state }) => [kid, state]));
  const signing = async (): Promise<string | undefined> => (await keys().forProvider())[0]?.kid;

  test("the first key signs at once, and the next one only when everybody can have it", async () => {
    await keys().keepFresh();
    const first = await signing();
    assert.ok(first !== undefined);
    await keys().keepFresh();
    assert.deepEqual(await states(), { [first]: "signing" });

    nowMs += minute;
    const next = await keys().rotate();
    assert.deepEqual(await states(), { [first]: "signing", [next]: "next" });
    assert.deepEqual(
      (await keys().forProvider()).map(({ kid }) => kid),
      [first, next],
    );
    nowMs += 20 * minute - 1;
    await keys().keepFresh();
    assert.equal(await signing(), first);
    nowMs += 1;
    await keys().keepFresh();
    assert.deepEqual(await states(), { [first]: "retired", [next]: "signing" });
    assert.equal(await signing(), next);
  });

  test("what a retired key has signed is believed for as long as a token may live, and no longer", async () => {
    const old = (await keys().list()).find(({ state }) => state === "retired")?.kid as string;
    const isBelieved = async (): Promise<boolean> =>
      (await keys().forProvider()).some(({ kid }) => kid === old);
    nowMs += hoursBelieved * 60 * minute - 1;
    assert.ok(await isBelieved());
    nowMs += 1;
    assert.equal(await isBelieved(), false);
    assert.equal((await states())[old], "gone");
  });

  test("a key is followed by another after thirty days", async () => {
    const before = await signing();
    const made = (await keys().list()).find(({ kid }) => kid === before)?.createdAt as number;
    nowMs = made + 30 * day;
    await keys().keepFresh();
    assert.equal(Object.values(await states()).includes("next"), false);
    nowMs += 1;
    await keys().keepFresh();
    assert.equal(Object.values(await states()).includes("next"), true);
    assert.equal(await signing(), before);
    nowMs += 20 * minute;
    assert.notEqual(await signing(), before);
  });

  test("a stolen key is replaced at once, and nothing that it has signed is believed", async () => {
    await keys().keepFresh();
    const stolen = (await signing()) as string;
    nowMs += minute;
    const fresh = await keys().rotate(true);
    assert.equal(await signing(), fresh);
    assert.ok(await keys().retire(stolen, true));
    assert.equal((await states())[stolen], "gone");
    assert.ok(!(await keys().forProvider()).some(({ kid }) => kid === stolen));
    assert.equal(await keys().retire("nobody"), false);
  });
});
