import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { readAllowed } from "../../tools/supply-chain/judge-advisories.ts";
import { installedPackages, readLock } from "../../tools/supply-chain/lock-file.ts";

const root = join(import.meta.dirname, "..", "..");
const folder = mkdtempSync(join(tmpdir(), "portcullis-audit-"));
let written = 0;

function fileOf(value: unknown): string {
  const file = join(folder, `${(written += 1)}.json`);
  writeFileSync(file, JSON.stringify(value));
  return file;
}

function audit(...words: string[]): { readonly status: number | null; readonly said: string } {
  const { status, stderr, stdout } = spawnSync(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", join(root, "tools", "audit.ts"), ...words],
    { cwd: root, encoding: "utf8" },
  );
  return { status, said: stdout + stderr };
}

/** An advisory about a package that is really installed. */
const [installed] = installedPackages(readLock());
const advisory = {
  id: "GHSA-aaaa-bbbb-cccc",
  summary: "reads what it should not",
  affected: [
    { package: { ecosystem: "npm", name: installed?.name }, versions: [installed?.version] },
  ],
};

test("npm run audit finds what is installed, passes what is allowed, and fails once that is overdue", () => {
  const advisories = fileOf([advisory]);
  const found = audit("--advisories", advisories);
  assert.equal(found.status, 1, found.said);
  assert.match(found.said, /found: GHSA-aaaa-bbbb-cccc \S+ \S+ \(.+\): reads what it should not/);
  const entry = { id: advisory.id, package: installed?.name, reason: "not reached" };
  const allowed = audit(
    "--advisories",
    advisories,
    "--allowed",
    fileOf([{ ...entry, until: "2999-12-31" }]),
  );
  assert.equal(allowed.status, 0, allowed.said);
  assert.match(allowed.said, /allowed until 2999-12-31: .*: not reached/);
  const overdue = audit(
    "--advisories",
    advisories,
    "--allowed",
    fileOf([{ ...entry, until: "2020-01-01" }]),
  );
  assert.equal(overdue.status, 1, overdue.said);
  assert.match(overdue.said, /overdue: GHSA-aaaa-bbbb-cccc of \S+ was allowed until 2020-01-01/);
});

test("without a file, or with what is none, it says how to get one", () => {
  for (const words of [
    [],
    ["--advisories", join(folder, "no-such-file")],
    ["--advisories", fileOf({ error: { code: "ENOLOCK" } })],
    ["--file", "x"],
  ]) {
    const { said, status } = audit(...words);
    assert.equal(status, 2, said);
    assert.match(said, /npm audit --package-lock-only --json > advisories\.json/);
  }
  const none = audit("--advisories", fileOf([]));
  assert.deepEqual([none.status, /0 advisories were read/.test(none.said)], [0, true], none.said);
});

test("the repository's own allow-list is understood", () => {
  readAllowed(readFileSync(join(root, "tools", "supply-chain", "allowed-advisories.json"), "utf8"));
});
