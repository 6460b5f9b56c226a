import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import type { ImpersonationWish } from "@portcullis/guard/state";
import { Impersonating } from "../../packages/server/src/admin/impersonations/impersonating.ts";
import type { DatabaseStore } from "../../packages/server/src/store/database-store.ts";
import { forEveryStore } from "../identity/every-store.ts";

const minuteMs = 60_000;
const dayMs = 1440 * minuteMs;
const startMs = 100 * dayMs;

/** Of two people whom no other test knows. */
const wishOf = (more: Partial<ImpersonationWish> = {}): ImpersonationWish => ({
  actor: `sam-${randomUUID()}`,
  subject: "ann",
  reason: "INC-1",
  roles: ["customer"],
  tier: "gold",
  account: undefined,
  never: ["support"],
  atMs: startMs,
  forMs: 15 * minuteMs,
  mostADay: 3,
  ...more,
});

const entriesOf = async ({ audit }: DatabaseStore, actor: string): Promise<readonly string[]> =>
  (await audit.newest(10_000))
    .filter(({ details }) => details["actor"] === actor)
    .map((entry) => `${entry.actor} ${entry.action} ${entry.details["reason"]}`)
    .toSorted();

forEveryStore((holds, store) => {
  holds("a session is begun once, ends by its time, and both are in the audit", async () => {
    const impersonating = new Impersonating(store(), "admin:eve");
    const wish = wishOf();
    const marks = [await store().impersonations.mark()];
    const [one, other] = await Promise.all([impersonating.begin(wish), impersonating.begin(wish)]);
    assert.ok(typeof one === "object" && typeof other === "object");
    assert.equal(one.id, other.id, "two threads that ask at once");
    assert.deepEqual([one.roles, one.tier], [["customer"], "gold"]);
    marks.push(await store().impersonations.mark());
    const later = await impersonating.begin({ ...wish, atMs: startMs + 14 * minuteMs });
    assert.equal(typeof later === "object" && later.untilMs, one.untilMs, "nothing lengthens it");
    await impersonating.endOver(startMs + 15 * minuteMs - 1);
    assert.equal(await store().impersonations.mark(), marks[1]);
    await impersonating.endOver(startMs + 15 * minuteMs);
    marks.push(await store().impersonations.mark());
    assert.equal(new Set(marks).size, 3);
    await impersonating.endOver(startMs + 16 * minuteMs);
    assert.deepEqual(await entriesOf(store(), wish.actor), [
      `caller:${wish.actor} impersonation-begun INC-1`,
      "time impersonation-ended INC-1",
    ]);
    const again = { ...wish, atMs: startMs + 20 * minuteMs };
    assert.equal(await impersonating.begin(again), "ended");
    assert.equal(typeof (await impersonating.begin({ ...again, reason: "INC-2" })), "object");
    const nextDay = await impersonating.begin({ ...wish, atMs: startMs + 2 * dayMs });
    assert.ok(typeof nextDay === "object" && nextDay.id !== one.id, "a day later");
  });

  holds("what nobody has noted as over is over all the same", async () => {
    const impersonating = new Impersonating(store(), "admin:eve");
    const wish = wishOf();
    await impersonating.begin(wish);
    assert.equal(await impersonating.begin({ ...wish, atMs: startMs + 15 * minuteMs }), "ended");
    const shown = await impersonating.list(startMs + 15 * minuteMs);
    assert.ok(!shown.some(({ actor }) => actor === wish.actor));
  });

  holds("whom an administrator has stopped begins none for that person within a day", async () => {
    const impersonating = new Impersonating(store(), "admin:eve");
    const wish = wishOf();
    const session = await impersonating.begin(wish);
    assert.ok(typeof session === "object");
    assert.ok((await impersonating.list(startMs + 1)).some(({ id }) => id === session.id));
    assert.equal((await impersonating.end(session.id, startMs + 1))?.endedBy, "admin:eve");
    assert.equal(await impersonating.end(session.id, startMs + 2), undefined, "it is over");
    assert.equal(await impersonating.end("none", startMs + 2), undefined);
    assert.ok(!(await impersonating.list(startMs + 2)).some(({ id }) => id === session.id));
    const soon = { ...wish, reason: "INC-2", atMs: startMs + minuteMs };
    assert.equal(await impersonating.begin(soon), "taken-back");
    assert.equal(typeof (await impersonating.begin({ ...soon, subject: "ben" })), "object");
    assert.equal(
      typeof (await impersonating.begin({ ...soon, atMs: startMs + dayMs + 1 })),
      "object",
    );
    assert.ok(
      (await entriesOf(store(), wish.actor)).includes("admin:eve impersonation-ended INC-1"),
    );
  });

  holds("nobody begins more in a day than the policy says, whoever is acted for", async () => {
    const impersonating = new Impersonating(store(), "admin:eve");
    const wish = wishOf({ mostADay: 2 });
    const begun = async (subject: string, atMs = startMs): Promise<string> => {
      const said = await impersonating.begin({ ...wish, subject, atMs });
      return typeof said === "string" ? said : "begun";
    };
    assert.equal(await begun("a"), "begun");
    assert.equal(await begun("b"), "begun");
    assert.equal(await begun("c"), "too-many");
    assert.equal(await begun("a"), "begun", "the one that has begun");
    assert.equal(await begun("c", startMs + dayMs), "begun");
  });

  holds(
    "of accounts, only those that are there, are enabled and are no staff are acted for",
    async () => {
      const impersonating = new Impersonating(store(), "admin:eve");
      const account = async (roles: readonly string[], disabledAtMs?: number): Promise<string> => {
        const id = randomUUID();
        await store().accounts.add({
          id,
          email: `${id}@example.com`,
          emailVerifiedAtMs: 1,
          passwordHash: undefined,
          roles,
          tier: "silver",
          version: 7,
          epoch: 0,
          createdAtMs: 1,
          disabledAtMs,
        });
        return id;
      };
      const begin = (id: string) =>
        impersonating.begin(
          wishOf({ subject: id, account: id, roles: undefined, tier: undefined }),
        );
      const said = await begin(await account(["customer"]));
      assert.ok(typeof said === "object");
      assert.deepEqual([said.roles, said.tier, said.accountVersion], [["customer"], "silver", 7]);
      assert.equal(await begin(await account(["customer", "support"])), "staff");
      assert.equal(await begin(await account(["customer"], 5)), "disabled");
      assert.equal(await begin(randomUUID()), "unknown");
    },
  );
});
