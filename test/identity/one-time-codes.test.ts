import assert from "node:assert/strict";
import { OneTimeCodes } from "../../packages/identity/src/factors/one-time-codes.ts";
import { Counters } from "../../packages/identity/src/counting/counters.ts";
import { createSealing } from "../../packages/server/src/store/sealing.ts";
import { atOnce, forEveryStore, howMany, nameOf } from "./every-store.ts";

const lifeMs = 600_000;

forEveryStore((test, store) => {
  const sealing = createSealing([Buffer.alloc(32, 1)]);
  let nowMs = 1_800_000_000_000;
  /** The next code, which was counted before it is made. */
  const makeFor = async (attempt: string): Promise<string> => {
    const counters = new Counters(store().counters, () => nowMs);
    const taken = await counters.take({ thing: "sign-up", about: nameOf("address") });
    assert.ok(!("waitMs" in taken));
    return codes().make("reset", attempt, "ann", taken);
  };
  const codes = (): OneTimeCodes => new OneTimeCodes(store().oneTimeCodes, sealing, () => nowMs);
  /** Another code of as many digits. */
  const wrong = (code: string): string =>
    String((Number(code) + 1) % 10 ** code.length).padStart(code.length, "0");

  test("a mailed code is used once, by one of all who try at once", async () => {
    const attempt = nameOf("attempt");
    const code = await makeFor(attempt);
    assert.match(code, /^\d{8}$/);
    assert.equal(
      await codes().use("reset", attempt, ` ${code.slice(0, 4)} ${code.slice(4)}`),
      "ann",
    );
    assert.equal(await codes().use("reset", attempt, code), undefined);
    const again = await makeFor(attempt);
    const used = await atOnce(() => codes().use("reset", attempt, again));
    assert.equal(howMany(used, "ann"), 1);
  });

  test("a code is for its purpose, its attempt and its ten minutes", async () => {
    const attempt = nameOf("attempt");
    const code = await makeFor(attempt);
    assert.equal(await codes().use("second", attempt, code), undefined);
    assert.equal(await codes().use("reset", nameOf("attempt"), code), undefined);
    nowMs += lifeMs - 1;
    assert.equal(await codes().use("reset", attempt, code), "ann");
    const late = await makeFor(attempt);
    nowMs += lifeMs;
    assert.equal(await codes().use("reset", attempt, late), undefined);
  });

  test("of all guesses at a code five are judged", async () => {
    const tried = async (wrongTries: number): Promise<string | undefined> => {
      const attempt = nameOf("attempt");
      const code = await makeFor(attempt);
      for (let count = 0; count < wrongTries; count += 1)
        assert.equal(await codes().use("reset", attempt, wrong(code)), undefined);
      return codes().use("reset", attempt, code);
    };
    assert.deepEqual([await tried(4), await tried(5)], ["ann", undefined]);
  });

  test("a challenge is taken once, while it lives", async () => {
    const attempt = nameOf("attempt");
    await codes().keep("device", attempt, "ann");
    assert.equal(await codes().take("second", attempt), undefined);
    assert.equal(await codes().take("device", attempt), "ann");
    assert.equal(await codes().take("device", attempt), undefined);
    await codes().keep("device", attempt, "ann");
    nowMs += lifeMs;
    assert.equal(await codes().take("device", attempt), undefined);
  });
});
