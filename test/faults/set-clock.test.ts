import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { App } from "../identity/app.ts";
import { startIdentityGate } from "../identity/identity-gate.ts";
import { test } from "../parts/test.ts";

const hour = 3600;

for (const bySeconds of [-hour, hour])
  test(`a clock that is set by ${bySeconds} seconds refuses neither old tokens nor new ones, and is said`, {
    needs: ["settableClock"],
    timeout: 120_000,
  }, async ({ settableClock }) => {
    const gate = await startIdentityGate({ environment: settableClock.environment });
    const admin = async (path: string): Promise<string> =>
      (await fetch(`http://127.0.0.1:${gate.gate.adminPort}${path}`)).text();
    try {
      gate.addUser("ann@notes.example", "--role", "member");
      gate.addUser("ben@notes.example", "--role", "member");
      const [ann, ben] = [await new App(gate).begin(), await new App(gate).begin()];
      const before = await ann.signIn("ann@notes.example");
      assert.equal((await ann.call("/notes", before)).status, 200);
      const unused = await ben.signIn("ben@notes.example");
      settableClock.set(bySeconds);
      const direction = bySeconds < 0 ? "back" : "ahead";
      const said = new RegExp(
        `^degraded: clock: it was set 3(599|600|601) seconds ${direction}$`,
        "m",
      );
      for (let tries = 0; !said.test(await admin("/readyz")); tries += 1) {
        assert.ok(tries < 400, await admin("/readyz"));
        await sleep(50);
      }
      assert.match(await admin("/metrics"), /^portcullis_clock_apart_seconds\{clock="wall"\} -?3/m);
      assert.equal((await ann.call("/notes", before)).status, 200, "a token that was known");
      assert.equal((await ben.call("/notes", unused)).status, 200, "one that was not");
      const after = await ben.signIn("ben@notes.example");
      assert.equal((await ben.call("/notes", after)).status, 200, "a token of the new time");
      settableClock.set(0);
      for (let tries = 0; (await admin("/readyz")) !== "ready\n"; tries += 1) {
        assert.ok(tries < 400, await admin("/readyz"));
        await sleep(50);
      }
      assert.equal((await ann.call("/notes", before)).status, 200);
    } finally {
      gate.close();
    }
  });
