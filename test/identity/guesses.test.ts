import assert from "node:assert/strict";
import { type Guesser, Guesses } from "../../packages/identity/src/people/guesses.ts";
import { forEveryStore, nameOf } from "./every-store.ts";

const minute = 60_000;
const hour = 60 * minute;

/** A stranger's guess at a new account, from a new network, but for what is said. */
const stranger = (over: Partial<Guesser> = {}): Guesser => ({
  account: nameOf("account"),
  address: nameOf("network"),
  knownDevice: undefined,
  ...over,
});

forEveryStore((test, store) => {
  let nowMs = 1_800_000_000_000;
  const guesses = (): Guesses => new Guesses(store().guesses, () => nowMs);

  /** How many wrong guesses are judged without a wait, each by another guesser. */
  const freeTries = async (guesserAt: (index: number) => Guesser, most = 100): Promise<number> => {
    for (let index = 0; index < most; index += 1) {
      if ((await guesses().waitMs(guesserAt(index))) > 0) return index;
      await guesses().count(guesserAt(index));
    }
    return most;
  };

  test("ten strangers may guess at one account, wherever they come from", async () => {
    const account = nameOf("account");
    assert.equal(await freeTries(() => stranger({ account })), 10);
  });

  test("sixty guesses may come from one network, whomever they are at", async () => {
    const address = nameOf("network");
    assert.equal(await freeTries(() => stranger({ address })), 60);
  });

  test("ten guesses may come from a device that is known", async () => {
    const known = stranger({ knownDevice: nameOf("device") });
    assert.equal(await freeTries(() => known), 10);
  });

  test("what strangers have guessed never stands in the way of a device that is known", async () => {
    const [account, address] = [nameOf("account"), nameOf("network")];
    await freeTries(() => stranger({ account, address }));
    assert.ok((await guesses().waitMs(stranger({ account, address }))) > 0);
    const owner = stranger({ account, address, knownDevice: nameOf("device") });
    assert.equal(await guesses().waitMs(owner), 0);
    assert.equal(await freeTries(() => owner), 10);
  });

  test("each wait is twice as long as the one before, up to a quarter of an hour, and an hour after a hundred", async () => {
    const guesser = stranger({ knownDevice: nameOf("device") });
    const waits: number[] = [];
    for (let tries = 1; tries <= 100; tries += 1) {
      await guesses().count(guesser);
      waits.push((await guesses().waitMs(guesser)) / 1000);
    }
    assert.deepEqual(waits.slice(8, 14), [0, 1, 2, 4, 8, 16]);
    assert.deepEqual([waits[19], waits[98], waits[99]], [900, 900, 3600]);
    nowMs += hour - 1;
    assert.equal(await guesses().waitMs(guesser), 1);
    nowMs += 1;
    assert.equal(await guesses().waitMs(guesser), 0);
  });

  test("guesses are remembered for a day, and then begin anew", async () => {
    const guesser = stranger({ knownDevice: nameOf("device") });
    for (let tries = 0; tries < 10; tries += 1) await guesses().count(guesser);
    nowMs += 24 * hour;
    await guesses().count(guesser);
    assert.equal(await guesses().waitMs(guesser), 2000);
    nowMs += 24 * hour + 1;
    await guesses().count(guesser);
    assert.equal(await freeTries(() => guesser), 9);
  });

  test("who signs in is forgiven at the own account, and takes back one try of the network", async () => {
    const address = nameOf("network");
    const own = stranger({ address });
    for (let tries = 0; tries < 59; tries += 1) await guesses().count(stranger({ address }));
    await guesses().count(own);
    await guesses().forgive(own);
    assert.equal(await freeTries(() => stranger({ address })), 1);
    assert.equal(await freeTries(() => stranger({ account: own.account })), 10);
  });
});
