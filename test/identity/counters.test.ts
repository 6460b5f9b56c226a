import assert from "node:assert/strict";
import { counted, type CountedName } from "../../packages/identity/src/counting/counted.ts";
import { Counters } from "../../packages/identity/src/counting/counters.ts";
import { forEveryStore, nameOf } from "./every-store.ts";

/** More at once than any row takes. The last rows of the file ask many more. */
const tries = 300;
const crowd = 2000;

forEveryStore((test, store) => {
  let now = Date.now();
  const counters = (): Counters => new Counters(store().counters, () => now);
  const takenOf = async (thing: CountedName, about: string, times: number): Promise<number> => {
    const answers = await Promise.all(
      Array.from({ length: times }, () => counters().take({ thing, about })),
    );
    return answers.filter((one) => !("waitMs" in one)).length;
  };

  /** As if so many had been taken: what is taken later counts for all the time until then. */
  const fill = async (thing: CountedName, about: string, times: number): Promise<void> => {
    const ahead = (times - 1) * counted[thing].oneMoreEveryMs;
    now += ahead;
    assert.equal(await takenOf(thing, about, 1), 1);
    now -= ahead;
  };

  for (const [name, thing] of Object.entries(counted)) {
    test(`of ${tries} at once, ${name} is taken ${thing.limit} times, and once more each time one comes back`, async () => {
      const about = nameOf("about");
      const before = Math.max(0, thing.limit - 100);
      if (before > 0) await fill(name as CountedName, about, before);
      assert.equal(await takenOf(name as CountedName, about, tries), thing.limit - before);
      assert.equal(await takenOf(name as CountedName, nameOf("other"), 1), 1, "others are apart");
      const refused = await counters().take({ thing: name as CountedName, about });
      assert.deepEqual(refused, { waitMs: thing.oneMoreEveryMs });
      now += thing.oneMoreEveryMs - 1;
      assert.equal(await takenOf(name as CountedName, about, 20), 0);
      now += 1;
      assert.equal(await takenOf(name as CountedName, about, 20), 1);
      now += thing.oneMoreEveryMs * (thing.limit + 5);
      if (before > 0) await fill(name as CountedName, about, before);
      const again = await takenOf(name as CountedName, about, 120);
      assert.equal(again, thing.limit - before, "and no more");
    });

    test(`what success does to ${name} is what its row says`, async () => {
      const about = nameOf("about");
      await fill(name as CountedName, about, thing.limit - 1);
      const last = await counters().take({ thing: name as CountedName, about });
      assert.ok(!("waitMs" in last));
      await last.succeed();
      const after = "afterSuccess" in thing ? thing.afterSuccess : "kept";
      const left = { forgotten: thing.limit, "given-back": 1, kept: 0 }[after];
      assert.equal(await takenOf(name as CountedName, about, 120), left);
    });
  }

  test("of several things all are counted or none, however many ask at once", async () => {
    const [account, network] = [nameOf("account"), nameOf("network")];
    const both = (): ReturnType<Counters["take"]> =>
      counters().take(
        { thing: "password-stranger", about: account },
        { thing: "password-network", about: network },
      );
    const answers = await Promise.all(Array.from({ length: crowd }, both));
    assert.equal(answers.filter((one) => !("waitMs" in one)).length, 10);
    assert.equal(await takenOf("password-network", network, 200), 90, "ten were counted there");
    const other = nameOf("account");
    const refused = await counters().take(
      { thing: "password-stranger", about: other },
      { thing: "password-network", about: network },
    );
    assert.ok("waitMs" in refused, "the network is spent");
    assert.equal(await takenOf("password-stranger", other, 20), 10, "and the account is not");
  });

  test("counters of which everything has come back are swept, and no others", async () => {
    await takenOf("sign-up", nameOf("old"), 1);
    now += counted["sign-up"].oneMoreEveryMs;
    const fresh = nameOf("fresh");
    await takenOf("sign-up", fresh, 5);
    assert.ok((await store().counters.removeUnused(now, 1000)) > 0);
    assert.equal(await store().counters.removeUnused(now, 1000), 0);
    assert.equal(await takenOf("sign-up", fresh, 1), 0);
  });
});
