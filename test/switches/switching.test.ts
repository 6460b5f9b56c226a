import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { Switch } from "@portcullis/guard/policy";
import {
  SwitchFault,
  Switching,
  type SwitchWish,
} from "../../packages/server/src/admin/switches/switching.ts";
import { SwitchFeed } from "../../packages/server/src/control/switch-feed.ts";
import { forEveryStore } from "../identity/every-store.ts";

const operations = [
  { name: "login", place: "POST /login" },
  { name: "GET /things/{thingId}", place: "GET /things/{thingId}" },
];
const wish: SwitchWish = {
  operation: "login",
  state: "off",
  control: undefined,
  app: "<3.2",
  percent: undefined,
  reason: "3.1 sends no proof",
  forMs: 60_000,
};

forEveryStore((holds, store) => {
  holds(
    "a switch is kept until its end or until it is undone, and each act is audited",
    async () => {
      let now = 1_000_000;
      const { audit, switches } = store();
      const switching = new Switching(switches, audit, "admin:eve", () => now);
      const first = await switching.add(wish, operations);
      assert.deepEqual(
        [first.operation, first.control, first.mode, first.app],
        ["login", "closed", "enforce", "<3.2"],
      );
      now += 1;
      const open = { ...wish, state: "on", app: undefined, forMs: undefined } as const;
      const second = await switching.add({ ...open, operation: "POST /login" }, operations);
      assert.deepEqual([second.operation, second.mode], ["login", "off"]);
      assert.deepEqual(await switching.list(), [first, second]);
      now += 60_000;
      assert.deepEqual(await switching.list(), [second], "the first has ended by itself");
      const undoers = await Promise.all([switching.undo(second.id), switching.undo(second.id)]);
      assert.equal(undoers.filter((one) => one !== undefined).length, 1, "undone once");
      assert.equal(await switching.undo(first.id), undefined, "what has ended is not undone");
      assert.deepEqual(await switching.list(), []);
      const kept = await switching.list({ ended: true });
      assert.deepEqual(
        kept.map(({ id, undoneBy }) => [id, undoneBy]),
        [
          [second.id, "admin:eve"],
          [first.id, undefined],
        ],
      );
      const entries = (await audit.newest(10)).filter(({ about }) => about.startsWith("switch:"));
      assert.deepEqual(entries.map(({ action }) => action).toSorted(), [
        "switch-thrown",
        "switch-thrown",
        "switch-undone",
      ]);
      assert.ok(entries.every(({ details }) => details["reason"] === wish.reason));
    },
  );

  holds("what cannot be switched is refused, and what is wrong with it is said", async () => {
    const { audit, switches } = store();
    const switching = new Switching(switches, audit, "command", Date.now);
    const wrong: readonly (readonly [Partial<SwitchWish>, RegExp])[] = [
      [{ reason: " " }, /say why/],
      [{ reason: "x".repeat(501) }, /500 characters/],
      [{ operation: "logni" }, /no operation 'logni'; is it 'login'/],
      [{ operation: "" }, /no operation/],
      [{ operation: "**" }, /no operation/],
      [{ control: "limits" }, /no control 'limits'; there are .*limit/],
      [{ control: "__proto__" }, /no control/],
      [{ control: "protocol", state: "off" }, /always enforced/],
      [{ control: "limit", state: "on" }, /`on` opens an operation/],
      [{ app: "newest" }, /not understood as a range/],
      [{ app: "" }, /not understood/],
      [{ percent: 0 }, /1 to 100/],
      [{ percent: 101 }, /1 to 100/],
      [{ percent: 2.5 }, /1 to 100/],
      [{ percent: Number.NaN }, /1 to 100/],
      [{ forMs: 0 }, /within a year/],
      [{ forMs: Number.NaN }, /within a year/],
      [{ forMs: 367 * 86_400_000 }, /within a year/],
    ];
    const before = await switching.list();
    for (const [one, says] of wrong)
      await assert.rejects(
        switching.add({ ...wish, ...one }, operations),
        (fault: Error) => fault instanceof SwitchFault && says.test(fault.message),
        JSON.stringify(one),
      );
    assert.deepEqual(await switching.list(), before);
  });

  holds(
    "whoever follows hears of what is thrown, ends and is undone; a lost store changes nothing",
    async () => {
      let now = 50_000_000;
      const { audit, switches } = store();
      const switching = new Switching(switches, audit, "command", () => now);
      const heard: (readonly Switch[])[] = [];
      const told = (): unknown => heard.at(-1)?.map(({ operation }) => operation);
      let isLost = false;
      const feed = new SwitchFeed({
        table: {
          active: (...asked) => switches.active(...asked),
          mark: () => (isLost ? Promise.reject(new Error("lost")) : switches.mark()),
        },
        onSwitches: (next) => heard.push(next),
        now: () => now,
      });
      try {
        await feed.look();
        assert.equal(heard.length, 0, "nothing holds, and nobody is told");
        const lasting = await switching.add({ ...wish, forMs: undefined }, operations);
        now += 1;
        await switching.add({ ...wish, operation: "*", state: "observe" }, operations);
        await feed.look();
        assert.deepEqual(told(), ["login", "*"]);
        now += 60_000;
        isLost = true;
        await feed.look();
        assert.deepEqual(told(), ["login"], "it has ended");
        await switching.undo(lasting.id);
        await sleep(300);
        assert.equal(feed.current.length, 1, "what held last goes on holding");
        isLost = false;
        await feed.look();
        assert.deepEqual(feed.current, []);
      } finally {
        feed.close();
      }
    },
  );
});
