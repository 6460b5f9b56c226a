import assert from "node:assert/strict";
import { test } from "node:test";
import { startApp } from "./app.ts";
import { apps } from "./apps.ts";
import { send, signInBoth } from "./client.ts";
import { guarded } from "./guarded.ts";

const mostPolicyLines = 60;

for (const app of apps)
  test(`${app.name}: every hole is open bare and closed behind the gate, and every rightful step is answered alike`, async (context) => {
    assert.ok(app.policy.trim().split("\n").length <= mostPolicyLines);
    app.reset();
    const running = await startApp(app);
    context.after(() => running.close());
    const gated = await guarded(app, running.url, app.policy);
    context.after(() => gated.close());
    const people = await signInBoth(app, gated);
    for (const hole of app.holes) {
      app.reset();
      const bare = await send(running, hole, people);
      assert.equal(bare.status, 200, `${hole.name}: it is open where the application stands bare`);
      app.reset();
      const before = running.reached.length;
      const [method = ""] = hole.at.split(" ");
      const got = await send(gated, hole, people);
      assert.ok(got.status >= 400, `${hole.name}: ${got.status} ${JSON.stringify(got.json)}`);
      assert.notDeepEqual(got.json, bare.json, hole.name);
      const wrote = running.reached.slice(before).some((at) => !at.startsWith("GET"));
      assert.ok(method === "GET" || !wrote, `${hole.name}: it has reached the application`);
    }
    for (const step of app.steps) {
      app.reset();
      const bare = await send(running, step, people);
      app.reset();
      const got = await send(gated, step, people);
      assert.equal(got.status, bare.status, `${step.at}: ${JSON.stringify(got.json)}`);
      if (bare.status < 400 && !step.at.includes("login"))
        assert.deepEqual(got.json, bare.json, step.at);
    }
  });
