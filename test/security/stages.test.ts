import assert from "node:assert/strict";
import { test } from "node:test";
import { modeKeys } from "@portcullis/guard/policy";
import type { Caller } from "@portcullis/guard/tokens";
import { readApp } from "../../packages/guard/src/facts/app.ts";
import { compileMode } from "../../packages/guard/src/facts/mode.ts";
import { Stages } from "../../packages/guard/src/facts/stage.ts";
import { backend, document } from "./objects.ts";
import { type Ask, plannedJourney } from "./planned-journey.ts";

const staged = '{ enforce: { app: ">=3.2" }, otherwise: observe }';
const policy = (mode: string): string => `portcullis: 1
mode: { default: enforce, request: observe, ${mode} }
limits: { admission: off }
apis: [{ openapi: openapi.yaml, upstream: "http://127.0.0.1:9" }]
identity: { issuer: https://login.example, audience: x }
operations:
  - { match: getAccount, owner: { response: /owner, is: token.sub } }
`;
const build = (version: string): readonly string[] => ["Portcullis-App", `harbour-ios/${version}`];

/** A user is written `subject/session/device/token`, as far as the token says it. */
const askFor = (mode: string): Promise<Ask> =>
  plannedJourney({
    document,
    backend,
    policy: policy(mode),
    claimsOf: (user) => {
      const [sub, sid, device, jti] = user.split("/");
      return {
        sub,
        ...(sid ? { sid } : {}),
        ...(device ? { cnf: { jkt: device } } : {}),
        ...(jti ? { jti } : {}),
      };
    },
  });

/** Whether another's account is refused to this user. */
const isRefused = async (
  ask: Ask,
  user: string,
  headers: readonly string[] = [],
): Promise<boolean> =>
  (await ask(user, "GET", "/accounts/ben-1", undefined, headers)).status === 404;

test("who was once seen in a stage stays in it: by leaving the field out, by an older build, by what is none", async () => {
  for (const user of ["ann/s-1", "ann//key-1", "ann///t-1", "ann"]) {
    const ask = await askFor(`ownership: ${staged}`);
    assert.equal(await isRefused(ask, user), false, "a session that is not in the stage");
    assert.equal(await isRefused(ask, user, build("3.1")), false);
    assert.equal(await isRefused(ask, user, build("3.4")), true);
    for (const headers of [[], build("3.1"), build("0"), ["Portcullis-App", "none"]])
      assert.equal(await isRefused(ask, user, headers), true, `${user} ${headers.join()}`);
  }
});

test("a session is in the stage from its first request on that says so, whether or not that one was refused", async () => {
  const ask = await askFor(`ownership: ${staged}`);
  assert.equal(
    (await ask("ann/s-1", "GET", "/accounts/ann-1", undefined, build("3.4"))).status,
    200,
  );
  assert.equal(await isRefused(ask, "ann/s-1"), true);
});

test("a new token of the same session stays, a new session of the same device stays, and nobody else is drawn in", async () => {
  const ask = await askFor(`ownership: ${staged}`);
  assert.equal(await isRefused(ask, "ann/s-1/key-1/t-1", build("3.4")), true);
  assert.equal(await isRefused(ask, "ann/s-1/key-2/t-2"), true);
  assert.equal(await isRefused(ask, "ann/s-2/key-1/t-3"), true);
  assert.equal(await isRefused(ask, "ann/s-3/key-3/t-4"), false);
  assert.equal(await isRefused(ask, "eve/s-4/key-4/t-5"), false);
});

test("each stage is its own: who fits one is not in another", async () => {
  const ask = await askFor(
    'ownership: { enforce: { app: ">=4" }, otherwise: observe }, authorization: { enforce: { app: ">=3" }, otherwise: observe }',
  );
  assert.equal(await isRefused(ask, "ann/s-1", build("3.4")), false);
  assert.equal(await isRefused(ask, "ann/s-1", build("4.0")), true);
  assert.equal(await isRefused(ask, "ann/s-1"), true);
});

test("every mode key that can be staged is judged so", () => {
  const kept = new Set<string>();
  const stages = new Stages([">=3.2"], {
    keep: (name) => void kept.add(name),
    has: (name) => kept.has(name),
  });
  const caller = { subject: "ann", sessionId: "s-1" } as Caller;
  const app = readApp("harbour-ios/3.4.1");
  assert.ok(app !== undefined);
  const silent = { address: "192.0.2.1", app: undefined, caller };
  const rule = { enforce: { app: ">=3.2", percent: undefined }, otherwise: "observe" } as const;
  for (const [noted, mode] of [
    [false, "observe"],
    [true, "enforce"],
  ] as const) {
    if (noted) stages.note(app, caller);
    for (const { key, kind } of modeKeys.filter((one) => one.kind !== "always"))
      assert.equal(
        compileMode(rule, `getAccount\n${key}`, stages).decide(silent),
        mode,
        `${key} ${kind}`,
      );
  }
});
