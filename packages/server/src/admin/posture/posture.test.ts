import assert from "node:assert/strict";
import { test } from "node:test";
import { modeKeys, standingOf } from "@portcullis/guard/policy";
import { serveAdmin } from "../../../../../test/admin/served-admin.ts";
import { run } from "../../cli/run.ts";
import { postureNow, type PostureParts } from "../../control/posture-now.ts";
import { catalogue } from "../../watch/detectors/catalogue.ts";
import { stagedRequest } from "../../watch/detectors/staged-traffic.ts";
import { LastDecided } from "../../watch/last-decided.ts";
import { watchedBy, watchedKeys } from "./watched-by.ts";

const start = 1_763_640_000_000;
const dayMs = 86_400_000;

/** Operations of which each has the same mode everywhere, but for the keys that are named. */
const standing = (all: string, named: Readonly<Record<string, string>>, operations = 2) =>
  standingOf({
    apis: [
      {
        issuer: false,
        operations: Array.from({ length: operations }, () => ({
          modes: Object.fromEntries(modeKeys.map(({ key }) => [key, named[key] ?? all])),
        })),
      },
    ],
  } as never);

function decidedOf(...codes: readonly (readonly [code: string, mode: "enforce" | "observe"])[]) {
  const decided = new LastDecided(start - 40 * dayMs);
  const send = (decisions: object[], atMs: number): void =>
    decided.follow({
      ...stagedRequest(atMs, { address: "203.0.113.9" }, { operation: "read" }),
      decisions: decisions as never,
    });
  for (let index = 0; index < 1000; index += 1) send([], start - 2 * dayMs);
  for (const [code, mode] of codes) send([{ code, mode }], start - dayMs);
  return decided;
}

const asked = (parts: Partial<PostureParts> & { policy?: object; standing?: unknown }) =>
  postureNow({
    serving: {
      policy: { portcullis: 1, apis: [], ...parts.policy },
      plan: { standing: (parts.standing ?? standing("observe", {})) as never },
    },
    attacks: { detectors: () => [], decided: decidedOf(), ...parts.attacks },
    kept: parts.kept,
    nowMs: () => start,
  });

test("what stands in the table of triggers is there: each key is a control's, each detector is one", () => {
  const keys = modeKeys.map(({ key }) => key);
  assert.deepEqual(
    watchedKeys.filter((key) => !keys.includes(key)),
    [],
  );
  const detectors = catalogue.map(({ facts }) => facts.name);
  const named = watchedKeys.flatMap((key) => watchedBy(key).detectors);
  assert.deepEqual(
    named.filter((name) => !detectors.includes(name)),
    [],
  );
  assert.deepEqual([...new Set(named)].sort(), detectors.toSorted(), "each watches some control");
});

test("every control has a row: where it stands, its metric, its owner, and when it last acted", async () => {
  const { rows } = await asked({
    standing: standing("observe", { limit: "enforce", version: "off" }),
    policy: { posture: { owner: "platform", owners: { limit: "gate team" } } },
    attacks: { detectors: () => [], decided: decidedOf(["limit-exceeded", "enforce"]) },
  });
  assert.deepEqual(
    rows.map(({ control }) => control),
    modeKeys.map(({ key }) => key),
  );
  const limit = rows.find(({ control }) => control === "limit");
  assert.deepEqual(
    [limit?.operations.enforce, limit?.owner, limit?.refused, limit?.lastExercisedMs],
    [2, "gate team", 1, start - dayMs],
  );
  assert.match(limit?.metric ?? "", /portcullis_decisions_total\{code=~"limit-exceeded\|/);
  assert.equal(rows.find(({ control }) => control === "version")?.owner, "platform");
});

test("what to do next rests on what was seen: enforce what refuses nobody, look at what would, try what never acts", async () => {
  const { next } = await asked({
    standing: standing("observe", { limit: "enforce", version: "off" }),
    attacks: {
      detectors: () => [
        { name: "cardTesting", state: "not configured", roles: ["purchase"] } as never,
      ],
      decided: decidedOf(["token-expired", "observe"], ["token-expired", "observe"]),
    },
  });
  const said = next.map(({ about, how, what }) => `${about}: ${what}: ${how}`).join("\n");
  for (const line of [
    /^alerts: nobody is told/m,
    /^authentication: it is observed at 2 operations, and would have refused 2 times/m,
    /^binding: .* of 1002 requests would have refused none: enforce it: mode: \{ binding: enforce \}/m,
    /^limit: it is enforced at 2 operations and has refused nothing in 40 days: try it/m,
    /^version: it is off everywhere/m,
    /^detect\.cardTesting: .*role: purchase/m,
    /^records: what is known of controls begins anew/m,
    /^posture: \d+ controls have no owner/m,
  ])
    assert.match(said, line);
  assert.doesNotMatch(said, /^(protocol|upstream|possession): /m, "nobody can change those");
});

test("records tell what was decided before the start, and while they do not answer the start does", async () => {
  const at = new Date(start - 30 * dayMs).toISOString();
  const series = async ({ by }: { readonly by: readonly string[] }) => ({
    items: [
      by.length === 0
        ? { at, requests: 5000, decided: 0 }
        : { at, requests: 7, decided: 7, code: "limit-exceeded", mode: "enforce" },
    ],
    estimated: false,
    missing: [],
  });
  const told = await asked({ kept: { series } });
  const limit = told.rows.find(({ control }) => control === "limit");
  assert.deepEqual(
    [told.requests, limit?.refused, limit?.lastExercisedMs],
    [5000, 7, start - 30 * dayMs],
  );
  const lost = await asked({ kept: { series: () => Promise.reject(new Error("it is gone")) } });
  assert.equal(lost.requests, 1000);
});

test("portcullis posture prints the table and what to do next", async () => {
  const admin = await serveAdmin();
  const said: string[] = [];
  const say = (text: string): void => void said.push(text);
  const posture = (...words: readonly string[]): Promise<number> =>
    run(
      [
        "posture",
        ...words,
        `--directory=${admin.directory}`,
        `--admin=http://127.0.0.1:${admin.port}`,
      ],
      { out: say, error: say },
    );
  try {
    assert.equal(await posture(), 0);
    assert.match(said[0] ?? "", /limit +- +0 +0 +never +gate team +resetAbuse scraping Portcullis/);
    assert.match(said[0] ?? "", /1\. alerts: nobody is told\n {3}alerts: \[\]/);
    assert.equal(await posture("--metrics"), 0);
    assert.match(said[1] ?? "", /^limit +sum\(rate\(portcullis_decisions_total/m);
  } finally {
    await admin.close();
  }
});
