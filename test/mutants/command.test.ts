import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import type { Judged } from "../../tools/mutants/judge-mutants.ts";

const root = join(import.meta.dirname, "..", "..");

test("npm run mutants judges the rows that are asked for, and says in its exit what became of them", () => {
  const run = (...words: string[]) =>
    spawnSync(
      process.execPath,
      ["--disable-warning=ExperimentalWarning", join(root, "tools", "mutants.ts"), ...words],
      { cwd: root, encoding: "utf8" },
    );
  const judged = run("--only", "Scripts do not read", "--json");
  assert.equal(judged.status, 0, judged.stderr);
  const told = JSON.parse(judged.stdout) as readonly Judged[];
  assert.deepEqual(
    told.map(({ mutant, outcome }) => [mutant.file, outcome]),
    [["packages/identity/src/sign-in/cookies.ts", "killed"]],
  );
  assert.match(judged.stderr, /^1\/1 killed: .*Scripts do not read the cookies of the sign-in\./m);
  for (const [words, why] of [
    [["--only", "no such row"], /no row is like/],
    [["--only", "cookies", "--at-once", "0"], /numbers from 1/],
  ] as const) {
    const refused = run(...words);
    assert.equal(refused.status, 2, refused.stdout);
    assert.match(refused.stderr, why);
  }
});
