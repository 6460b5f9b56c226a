import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import type { Switch } from "@portcullis/guard/policy";
import { laySwitches } from "../../packages/guard/src/policy/switches.ts";
import { type LimitGate, startLimitGate } from "../limits/limit-gate.ts";

let gate: LimitGate;
before(async () => {
  gate = await startLimitGate(
    `operations:
  - { match: quick, limits: [{ rate: 1/hour, per: address }] }
  - { match: slow, mode: { limit: off }, limits: [{ rate: 1/hour, per: address }] }
`,
    (_asked, response) => response.end(),
  );
  // The only one that the bucket holds.
  await gate.ask("/quick");
});
after(() => gate.close());
beforeEach(() => gate.switchTo([]));

const all: Switch = {
  operation: "*",
  control: undefined,
  mode: "observe",
  app: undefined,
  percent: undefined,
};
const build = (version: string) => ({
  headers: { "Portcullis-App": `shop-ios/${version} (build 1; ios 19.1)` },
});
const limited = 429;

/** What each list of switches makes of `GET /quick`, for a build: 429 is what the policy says. */
const table: readonly (readonly [string, readonly Partial<Switch>[], string, number])[] = [
  ["nothing", [], "3.4.0", limited],
  ["everything observed", [{}], "3.4.0", 200],
  ["everything off", [{ mode: "off" }], "3.4.0", 200],
  ["this operation observed", [{ operation: "quick" }], "3.4.0", 200],
  ["another operation observed", [{ operation: "slow" }], "3.4.0", limited],
  ["this control observed", [{ control: "limit" }], "3.4.0", 200],
  ["another control observed", [{ control: "request" }], "3.4.0", limited],
  ["observed for its build", [{ app: "<3.2" }], "3.1.9", 200],
  ["observed for other builds", [{ app: "<3.2" }], "3.2.0", limited],
  ["observed for builds, where none is said", [{ app: "<3.2" }], "", limited],
  ["observed for everybody", [{ percent: 100 }], "3.4.0", 200],
  ["the later wins", [{}, { mode: "enforce" }], "3.4.0", limited],
  ["the later wins", [{ mode: "enforce" }, { operation: "quick" }], "3.4.0", 200],
  ["the later, where it is about this build", [{}, { mode: "enforce", app: "<3" }], "3.4.0", 200],
  [
    "the later, though one for the same callers was thrown before",
    [{}, { operation: "quick", mode: "enforce" }, { mode: "observe" }],
    "3.4.0",
    200,
  ],
  ["closed", [{ control: "closed", mode: "enforce" }], "3.4.0", 503],
  ["closed for its build", [{ control: "closed", mode: "enforce", app: "<3.2" }], "3.1.0", 503],
  ["closed for others", [{ control: "closed", mode: "enforce", app: "<3.2" }], "3.4.0", limited],
  ["closing observed", [{ control: "closed" }], "3.4.0", limited],
  [
    "closed, and opened again",
    [
      { control: "closed", mode: "enforce" },
      { operation: "quick", control: "closed", mode: "off" },
    ],
    "3.4.0",
    limited,
  ],
  ["everything enforced closes nothing", [{ mode: "enforce" }], "3.4.0", limited],
  ["a control that no gate has", [{ control: "nothing" }], "3.4.0", limited],
];

for (const [what, switches, version, status] of table)
  test(`${what}: ${status} for ${version === "" ? "no build" : version}`, async () => {
    gate.switchTo(switches.map((one) => ({ ...all, ...one })));
    const got = await gate.ask("/quick", version === "" ? {} : build(version));
    assert.equal(got.status, status);
    gate.switchTo([]);
    assert.equal((await gate.ask("/quick")).status, limited, "taken back, the policy holds");
  });

test("a switch enforces what the policy has off, and a closed operation reaches no backend", async () => {
  assert.equal((await gate.ask("/slow")).status, 200);
  gate.switchTo([{ ...all, operation: "slow", control: "limit", mode: "enforce" }]);
  assert.equal((await gate.ask("/slow")).status, 200, "the first is counted only now");
  assert.equal((await gate.ask("/slow")).status, limited);
  gate.switchTo([{ ...all, control: "closed", mode: "enforce" }]);
  const reached = gate.reached();
  const closed = await gate.ask("/slow");
  assert.deepEqual(
    [closed.status, closed.code, closed.headers["retry-after"]],
    [503, "operation-switched-off", "60"],
  );
  assert.equal(gate.reached(), reached);
});

test("of many callers a switch is about the share that it says, and always the same ones", async () => {
  gate.switchTo([{ ...all, control: "closed", mode: "enforce", percent: 50 }]);
  // One address is one caller here: which half it is in does not change.
  const answers = await Promise.all(Array.from({ length: 8 }, () => gate.ask("/quick")));
  assert.equal(new Set(answers.map(({ status }) => status)).size, 1);
});

test("switches hold over a changed policy", async () => {
  gate.switchTo([{ ...all, control: "closed", mode: "enforce" }]);
  gate.again();
  assert.equal((await gate.ask("/quick")).status, 503);
  gate.switchTo([]);
  assert.notEqual((await gate.ask("/quick")).status, 503);
});

test("what is always enforced cannot be switched, whatever the switch names", () => {
  const keys = [{ key: "framing", kind: "always", sentence: "How it is framed." }] as const;
  for (const control of ["framing", undefined]) {
    const switches = [{ ...all, control, mode: "off" }] as const;
    assert.deepEqual(laySwitches("quick", { framing: "enforce" }, switches, keys), {
      framing: "enforce",
    });
  }
});
