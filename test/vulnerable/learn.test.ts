import assert from "node:assert/strict";
import { test } from "node:test";
import { apps } from "./apps.ts";
import { send, signInBoth } from "./client.ts";
import { guarded } from "./guarded.ts";
import { learn } from "./learn-of.ts";

/** What two people alone cannot show, by the application. */
interface Short {
  /** Holes that no rule about owners closes. */
  readonly open?: readonly string[];
  /** Rightful steps that are refused: what is public was shown to nobody. */
  readonly refused?: readonly string[];
}
const short: Readonly<Record<string, Short>> = {
  shop: {
    open: [
      "somebody makes themselves an administrator",
      "somebody gives themselves credit",
      "everybody is listed to anybody",
    ],
  },
  boardroom: { refused: ["GET /boards/b-all"] },
  feed: { refused: ["GET /posts/on-snow"] },
};

// An application without a GET shows nothing to two people.
const shown = apps.filter(({ routes }) => routes.some(({ at }) => at.startsWith("GET ")));

for (const app of shown)
  test(`${app.name}: what two people are answered gives rules that close its holes and refuse no rightful step`, async (context) => {
    const { fragment, left, reached, rules, running } = await learn(app, context);
    assert.ok(reached.every((at) => at.startsWith("GET ") || at === "POST /login"));
    assert.deepEqual(left, []);
    const [before = ""] = app.policy.split(/^(?:writable|provenance|operations):/m);
    const policy = `${before}limits: { admission: off }\n${fragment}`;
    const gated = await guarded(app, running.url, policy);
    context.after(() => gated.close());
    const people = await signInBoth(app, gated);
    const { open = [], refused = [] } = short[app.name] ?? {};
    for (const hole of app.holes) {
      app.reset();
      const { status } = await send(gated, hole, people);
      assert.equal(status < 400, open.includes(hole.name), `${hole.name}: ${status}`);
    }
    for (const step of app.steps) {
      app.reset();
      const bare = await send(running, step, people);
      app.reset();
      const { json, status } = await send(gated, step, people);
      const expected = refused.includes(step.at) ? 404 : bare.status;
      assert.equal(status, expected, `${step.at}: ${JSON.stringify(json)}`);
    }
    const ruled = new Set(rules.map(({ operation }) => operation));
    const without = app.routes.filter(
      ({ at, body, id, open: forAnybody }) =>
        (at.includes("{") || body !== undefined) && forAnybody !== true && !ruled.has(id),
    );
    assert.deepEqual(
      without.map(({ id }) => id),
      [],
    );
  });
