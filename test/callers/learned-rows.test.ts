import assert from "node:assert/strict";
import { forEveryStore } from "../identity/every-store.ts";

const nowMs = 1_900_000_000_000;
const nowSeconds = nowMs / 1000;
const entry = (owner: string, lifeSeconds: number) => ({
  owner: Buffer.from(owner),
  sealed: Buffer.from([0, 255, 128, ...Buffer.from(owner)]),
  expiresAtSeconds: nowSeconds + lifeSeconds,
});

forEveryStore((test, store) => {
  const rows = () => store().learnedCallers;
  const names = async (most = 10): Promise<readonly string[]> =>
    (await rows().all(nowMs, most)).map(({ name }) => name);

  test("who has signed in is told again byte by byte, the longest first, and no more than are asked for", async () => {
    await rows().put("short", entry("ann", 60));
    await rows().put("long", entry("ben", 3600));
    await rows().put("over", entry("cat", 0));
    assert.deepEqual(await names(), ["long", "short"]);
    assert.deepEqual(await names(1), ["long"]);
    const [, told] = await rows().all(nowMs, 10);
    const { expiresAtSeconds, owner, sealed } = entry("ann", 60);
    assert.equal(told?.expiresAtSeconds, expiresAtSeconds);
    assert.deepEqual([...(told?.owner ?? [])], [...owner]);
    assert.deepEqual([...(told?.sealed ?? [])], [...sealed]);
  });

  test("a credential that is given to somebody else is theirs, also where many write at once", async () => {
    await Promise.all(
      Array.from({ length: 20 }, (_, at) => rows().put("short", entry(`person ${at}`, 60 + at))),
    );
    await rows().put("short", entry("dan", 7200));
    assert.deepEqual(await names(), ["short", "long"]);
    const [told] = await rows().all(nowMs, 1);
    assert.equal(Buffer.from(told?.owner ?? []).toString(), "dan");
  });

  test("what is removed or has ended is gone, and nothing else", async () => {
    await rows().remove("long");
    await rows().remove("nobody's");
    assert.deepEqual(await names(), ["short"]);
    await rows().removeExpired(nowMs);
    assert.deepEqual(
      (await rows().all(0, 10)).map(({ name }) => name),
      ["short"],
    );
  });
});
