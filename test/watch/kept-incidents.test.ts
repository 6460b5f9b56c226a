import assert from "node:assert/strict";
import type { Incident } from "../../packages/server/src/watch/incidents/incident.ts";
import { IncidentKeeping } from "../../packages/server/src/watch/incidents/incident-keeping.ts";
import { Mutes } from "../../packages/server/src/watch/sinks/mutes.ts";
import { stage } from "../../packages/server/src/watch/staged-watch.ts";
import { forEveryStore } from "../identity/every-store.ts";

const day = 86_400_000;
const start = Date.UTC(2026, 10, 20);

/** Incidents as detectors make them, so many days apart. */
function found(count: number): readonly Incident[] {
  return Array.from({ length: count }, (_, index) => {
    const staged = stage();
    for (let guess = 0; guess < 30; guess += 1)
      staged.send(
        start + index * day + guess,
        { address: "203.0.113.9" },
        { operation: "login", role: "sign-in", outcome: "failure", target: `victim ${guess}` },
      );
    const [incident] = staged.incidents();
    assert.ok(incident !== undefined);
    return incident;
  });
}

forEveryStore((holds, store) => {
  holds(
    "incidents are kept whole, changed in place, told oldest first, and go when too old",
    async () => {
      const said: string[] = [];
      const keeping = new IncidentKeeping(store().incidents, (message) => said.push(message));
      try {
        const [first, second, third] = found(3) as [Incident, Incident, Incident];
        for (const one of [third, first, second]) keeping.put(one);
        await keeping.write();
        keeping.put({ ...second, mark: "benign", state: "closed" });
        await keeping.write();
        assert.deepEqual(await keeping.read(), [
          first,
          { ...second, mark: "benign", state: "closed" },
          third,
        ]);
        keeping.put({ ...first, summary: "written again when it is too old already" });
        await keeping.removeBefore(start + day / 2);
        await keeping.write();
        assert.deepEqual(
          (await keeping.read()).map(({ id }) => id),
          [second.id, third.id],
        );
        assert.deepEqual(said, []);
      } finally {
        await keeping.close();
      }
    },
  );

  holds(
    "a mute is known after a restart and to other nodes, until its end or until it is taken back",
    async () => {
      const mutes = new Mutes(store().mutes);
      const mute = { kind: "mass-read", reason: "our partner", by: "eve", untilMs: start + day };
      const made = await mutes.add(mute);
      const short = await mutes.add({ ...mute, untilMs: start + 1000 });
      assert.ok(made !== undefined && short !== undefined);
      const after = new Mutes(store().mutes);
      await after.read(start);
      assert.deepEqual(new Set(after.all(start)), new Set([made, short]));
      const other = new Mutes(store().mutes);
      await other.read(start + 2000);
      assert.deepEqual(other.all(start + 2000), [made]);
      assert.deepEqual(await other.remove(made.id), made);
      await after.read(start + 10_000);
      assert.deepEqual(after.all(start + 10_000), []);
    },
  );

  holds("a lost store does not keep anybody from being quiet, and says so once", async () => {
    const said: string[] = [];
    const lost = () => Promise.reject(new Error("it is away"));
    const mutes = new Mutes({ add: lost, remove: lost, active: lost }, (one) => said.push(one));
    const made = await mutes.add({ reason: "now", by: "eve", untilMs: start + day });
    await mutes.read(start);
    assert.deepEqual(mutes.all(start), [made]);
    assert.deepEqual(said, ["mutes cannot be kept: it is away"]);
  });
});
