import assert from "node:assert/strict";
import { test } from "node:test";
import { type Advisory, ExportFault, readAdvisories } from "../../tools/supply-chain/advisories.ts";
import {
  AllowFault,
  judgeAdvisories,
  readAllowed,
} from "../../tools/supply-chain/judge-advisories.ts";
import type { Lock } from "../../tools/supply-chain/lock-file.ts";

const osv = (over: object, affected: object = {}): object => ({
  id: "GHSA-aaaa-bbbb-cccc",
  aliases: ["CVE-2026-1"],
  summary: "reads what it should not",
  affected: [
    {
      package: { ecosystem: "npm", name: "left" },
      ranges: [{ type: "SEMVER", events: [{ introduced: "0" }, { fixed: "1.2.0" }] }],
      ...affected,
    },
  ],
  ...over,
});
const read = (value: unknown): Advisory[] => readAdvisories(JSON.stringify(value));
const affects = (affected: object, version: string): boolean =>
  read(osv({}, affected))[0]?.affects(version) ?? false;

const ofNpm = {
  auditReportVersion: 2,
  vulnerabilities: {
    left: {
      name: "left",
      via: [
        {
          source: 1001,
          name: "left",
          title: "reads what it should not",
          url: "https://advisories.example/GHSA-aaaa-bbbb-cccc",
          range: "<1.2.0",
        },
      ],
    },
    above: { name: "above", via: ["left"] },
  },
};

test("an export is read in each of the forms in which it is written", () => {
  const one = osv({});
  const forms = [
    one,
    [one],
    { vulns: [one] },
    { results: [{ packages: [{ package: { name: "left" }, vulnerabilities: [one] }] }] },
    ofNpm,
  ];
  for (const form of forms) {
    const [advisory, ...more] = read(form);
    assert.deepEqual(more, []);
    assert.deepEqual(
      [advisory?.id, advisory?.package, advisory?.summary],
      ["GHSA-aaaa-bbbb-cccc", "left", "reads what it should not"],
    );
    assert.deepEqual(
      ["1.1.9", "1.2.0-rc.1", "1.2.0"].map((version) => advisory?.affects(version)),
      [true, true, false],
    );
  }
  for (const none of [[], { vulns: [] }, { results: [] }, { ...ofNpm, vulnerabilities: {} }])
    assert.deepEqual(read(none), []);
});

test("what is no export of advisories is not taken for one that holds none", () => {
  for (const text of [
    "",
    "nothing",
    "null",
    "{}",
    '"[]"',
    '{"error":{"code":"ENOLOCK"}}',
    "[{}]",
    "[7]",
  ])
    assert.throws(() => readAdvisories(text), ExportFault, text);
});

test("versions are affected as OSV says: by range, by name, or all where nothing is named", () => {
  const range = (...events: object[]): object => ({ ranges: [{ type: "SEMVER", events }] });
  const twice = range(
    { fixed: "2.1.0" },
    { introduced: "2.0.0" },
    { introduced: "0" },
    { fixed: "1.2.0" },
  );
  for (const [affected, inside, outside] of [
    [range({ introduced: "1.0.0" }, { fixed: "1.2.0" }), "1.0.0", "0.9.9"],
    [range({ introduced: "1.0.0" }, { last_affected: "1.2.0" }), "1.2.0", "1.2.1"],
    [range({ introduced: "1.0.0" }), "99.0.0", "0.1.0"],
    [twice, "2.0.5", "1.5.0"],
    [twice, "0.1.0", "2.1.0"],
    [{ ranges: [], versions: ["1.0.0"] }, "1.0.0", "1.0.1"],
    [
      { ranges: [{ type: "GIT", events: [{ introduced: "0" }] }], versions: ["1.0.0"] },
      "1.0.0",
      "2.0.0",
    ],
  ] as const) {
    assert.ok(affects(affected, inside), `${JSON.stringify(affected)} ${inside}`);
    assert.equal(affects(affected, outside), false, `${JSON.stringify(affected)} ${outside}`);
  }
  assert.ok(affects({ ranges: [] }, "1.0.0"));
  assert.ok(affects(range({ introduced: "1.0.0" }, { fixed: "1.2.0" }), "no version"));
});

test("what was withdrawn, or is about packages of other registries, is nothing", () => {
  assert.deepEqual(read(osv({ withdrawn: "2026-01-01T00:00:00Z" })), []);
  assert.deepEqual(read(osv({}, { package: { ecosystem: "PyPI", name: "left" } })), []);
});

const lock: Lock = new Map([
  ["", { version: "0.1.0" }],
  ["packages/guard", { version: "1.0.0" }],
  ["node_modules/left", { version: "1.1.0" }],
  ["node_modules/other/node_modules/left", { version: "1.3.0", dev: true }],
  ["node_modules/old-left", { name: "left", version: "1.0.0", dev: true }],
]);
const advisories = read(osv({}));
const allow = (id: string, until: string, name = "left") => ({
  id,
  package: name,
  reason: "not reached",
  until,
});

test("what is installed is found at each of its places, under an alias too, and shipped or not", () => {
  const { findings } = judgeAdvisories(lock, advisories, [], "2026-06-01");
  assert.deepEqual(
    findings.map(({ folder, shipped, version }) => [folder, version, shipped]),
    [
      ["node_modules/left", "1.1.0", true],
      ["node_modules/old-left", "1.0.0", false],
    ],
  );
});

test("an advisory is allowed by any of its names for its package, until its last day is over", () => {
  const judged = (id: string, today: string, name?: string): readonly number[] => {
    const outcome = judgeAdvisories(lock, advisories, [allow(id, "2026-06-30", name)], today);
    return [outcome.findings, outcome.allowed, outcome.overdue, outcome.idle].map(
      ({ length }) => length,
    );
  };
  for (const id of ["GHSA-aaaa-bbbb-cccc", "CVE-2026-1"]) {
    assert.deepEqual(judged(id, "2026-06-30"), [0, 2, 0, 0]);
    assert.deepEqual(judged(id, "2026-07-01"), [2, 0, 1, 0]);
    assert.deepEqual(judged(id, "2026-06-30", "right"), [2, 0, 0, 1]);
  }
  assert.deepEqual(judged("CVE-2026-2", "2026-06-30"), [2, 0, 0, 1]);
});

test("an allow-list that is not understood is refused by its entry", () => {
  const good = allow("CVE-2026-1", "2026-06-30");
  assert.deepEqual(readAllowed(JSON.stringify([good])), [good]);
  for (const entry of [
    { ...good, until: "soon" },
    { ...good, until: "2026-02-30" },
    { ...good, until: "2026-6-1" },
    { ...good, reason: " " },
    { ...good, id: undefined },
    { ...good, severity: "low" },
    "CVE-2026-1",
    null,
  ])
    assert.throws(
      () => readAllowed(JSON.stringify([good, entry])),
      /entry 2: /,
      JSON.stringify(entry),
    );
  assert.throws(() => readAllowed("{}"), AllowFault);
});
