import assert from "node:assert/strict";
import { test } from "node:test";
import type { HeldMode } from "@portcullis/guard/modes";
import { enforcedShare } from "./enforced-share.ts";
import type { DecidedRow } from "./forecast.ts";
import { lowestHarmless } from "./harmless-builds.ts";
import { climb } from "./ladder.ts";

const observed = " a:observe ";
const row = (of: Partial<DecidedRow> = {}): DecidedRow => ({
  app: "shop",
  version: "3.2.0",
  decided: observed,
  isBound: false,
  isRefused: false,
  person: "s1",
  requests: 1,
  ...of,
});
const up = (rows: readonly DecidedRow[], held: HeldMode = "observe", seen: string[] = []) =>
  climb(
    { key: "own", codes: ["a", "b"], held },
    rows,
    seen.map((version) => ({ version })),
  );
const all = { app: undefined, percent: undefined };

test("people are counted once however many builds and requests they have, and those without a name apart", () => {
  const { builds, steps, unnamed } = up([
    row({ requests: 3 }),
    row({ version: "3.3.0" }),
    row({ person: "s2", isBound: true, requests: 2 }),
    row({ person: "", requests: 5 }),
  ]);
  assert.deepEqual(
    builds.map(({ people, requests, version }) => [version, requests, people]),
    [
      ["3.2.0", 10, 2],
      ["3.3.0", 1, 1],
    ],
  );
  const last = steps.at(-1);
  assert.deepEqual(
    [last?.requests, last?.people, last?.boundRequests, last?.boundPeople, unnamed],
    [11, 2, 2, 1, 5],
  );
});

test("what is mended, what is only told of, and what something else refuses already harm nobody anew", () => {
  const { builds, steps } = up([
    row({ decided: " a:observe mends:a " }),
    row({ decided: " a:observe notes:a " }),
    row({ decided: " other:enforce a:observe ", isRefused: true }),
    row({ decided: " other:observe " }),
    row({ decided: " aa:observe a2:observe " }),
  ]);
  assert.equal(builds.length, 1);
  const last = steps.at(-1);
  assert.deepEqual([last?.requests, last?.people, last?.mended, last?.already], [0, 0, 1, 1]);
  const both = up([row({ decided: " a:observe b:observe mends:a " })]).steps.at(-1);
  assert.deepEqual([both?.requests, both?.mended], [1, 0], "one of two refuses");
  const own = up([row({ decided: " a:enforce ", isRefused: true })]).steps.at(-1);
  assert.deepEqual([own?.requests, own?.already], [1, 0], "it was enforced then, and is not now");
});

/** The mode that holds, what the step for all would newly refuse of 4 in the first quarter and 12 behind it, and whether that is counted. */
const table: readonly (readonly [HeldMode, number, boolean])[] = [
  ["observe", 16, true],
  ["off", 16, true],
  ["enforce", 0, true],
  [{ enforce: { app: ">=3", percent: undefined }, otherwise: "observe" }, 0, true],
  [{ enforce: { app: ">=3.3", percent: undefined }, otherwise: "observe" }, 16, true],
  [{ enforce: { app: undefined, percent: 25 }, otherwise: "observe" }, 12, true],
  [{ for: { app: undefined, percent: 25 }, mode: "enforce", otherwise: "observe" }, 12, true],
  [{ for: { app: undefined, percent: 10 }, mode: "enforce", otherwise: "observe" }, 14, false],
  [{ for: { app: undefined, percent: 50 }, mode: "enforce", otherwise: "observe" }, 8, false],
  [{ for: { app: "<3", percent: undefined }, mode: "enforce", otherwise: "observe" }, 16, true],
  [{ for: { app: "<4", percent: undefined }, mode: "observe", otherwise: "enforce" }, 16, true],
  [
    {
      for: { app: undefined, percent: 25 },
      mode: "enforce",
      otherwise: { for: { ...all, app: ">=3.2" }, mode: "enforce", otherwise: "observe" },
    },
    0,
    true,
  ],
];
for (const [held, requests, isCounted] of table)
  test(`under ${JSON.stringify(held)} enforcing for all refuses ${requests} more`, () => {
    const { steps } = up(
      [row({ requests: 4, decided: " a:observe first:own " }), row({ requests: 12 })],
      held,
    );
    const last = steps.at(-1);
    assert.deepEqual([last?.requests, last?.isCounted], [requests, isCounted]);
  });

test("a step is held where it would change nothing for any build, also for those that name none", () => {
  const held: HeldMode = { for: { ...all, app: ">=3.3" }, mode: "enforce", otherwise: "observe" };
  assert.deepEqual(
    up([row()], held, ["3.3.0", "3.4.0"]).steps.map(({ app, isHeld }) => [app, isHeld]),
    [
      [">=3.3.0", true],
      [undefined, false],
      [undefined, false],
    ],
  );
  const whole: HeldMode = { for: { ...all, app: ">=0" }, mode: "enforce", otherwise: "observe" };
  assert.equal(up([], whole, ["3.3.0"]).steps.at(-1)?.isHeld, false, "nobody must say a build");
});

test("the first step is for the lowest build from which on nobody is refused", () => {
  for (const [seen, refused, lowest] of [
    [["3.2.0", "3.3.0", "3.10.0"], ["3.2.0"], "3.3.0"],
    [["3.2.0", "3.3.0", "3.10.0"], ["3.3.0"], "3.10.0"],
    [["3.2", "3.2.0", "3.3"], ["3.2.0"], "3.3"],
    [["3.2.0", "3.3.0"], [], "3.2.0"],
    [["3.2.0", "3.3.0"], ["3.3.0"], undefined],
    [["", "beta"], [], undefined],
  ] as const)
    assert.equal(lowestHarmless(seen, refused), lowest, JSON.stringify([seen, refused]));
  assert.equal(up([row({ version: "3.9" })], "observe", ["3.2"]).steps[0]?.app, ">=3.9");
  assert.equal(up([row({ version: "" })]).steps.length, 2, "there is no build to begin with");
});

test("a share between is never told as nobody", () => {
  const { steps } = up([row()], {
    for: { app: undefined, percent: 99 },
    mode: "enforce",
    otherwise: "observe",
  });
  assert.equal(steps.at(-1)?.requests, 1);
  assert.equal(enforcedShare("off", { version: undefined, isFirst: true }), 0);
});
