import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { type Judged, judgeMutants } from "../../tools/mutants/judge-mutants.ts";
import type { Mutant } from "../../tools/mutants/mutant.ts";

const root = join(import.meta.dirname, "..", "..");
const file = "packages/identity/src/sign-in/cookies.ts";
const row: Mutant = {
  file,
  find: "HttpOnly; SameSite=Lax",
  put: "SameSite=Lax",
  breaks: "Scripts do not read the cookies.",
  tests: ["packages/identity/src/sign-in/cookies.test.ts"],
};

const judge = (
  mutants: readonly Mutant[],
  boundMs = 120_000,
  wide?: readonly string[],
): Promise<Judged[]> =>
  judgeMutants(mutants, {
    atOnce: 1,
    boundMs,
    wide,
    say: () => undefined,
    onJudged: () => undefined,
  });

test("a changed line that a test notices is killed by it, one that none notices survives, and this checkout stays as it is", async () => {
  const before = readFileSync(join(root, file), "utf8");
  const [noticed, unnoticed, equal] = await judge([
    row,
    { ...row, find: "/** Over https a cookie", put: "/** Over HTTPS a cookie" },
    { ...row, equivalent: "It is not run." },
  ]).then((all) =>
    ["killed", "survived", "equivalent"].map((one) => all.find(({ outcome }) => outcome === one)),
  );
  assert.match(noticed?.noticedBy.join() ?? "", /no script reads it/);
  assert.deepEqual(unnoticed?.noticedBy, []);
  assert.ok(equal !== undefined);
  assert.equal(readFileSync(join(root, file), "utf8"), before);
});

test("what the named tests let pass, more tests are asked about where that is wanted", async () => {
  const elsewhere = { ...row, tests: ["packages/identity/src/policy/redirect-uri.test.ts"] };
  const outcomes = async (wide?: readonly string[]): Promise<readonly string[]> =>
    (await judge([elsewhere], undefined, wide)).map(({ outcome }) => outcome);
  assert.deepEqual(await outcomes(), ["survived"]);
  assert.deepEqual(await outcomes(row.tests), ["killed"]);
});

test("a changed line that never ends is killed by time", async () => {
  const endless = { ...row, find: "const values = ", put: "for (;;);\n  const values = " };
  const [judged] = await judge([endless], 5000);
  assert.equal(judged?.outcome, "killed by time");
});

test("tests that fail with nothing changed are said, and nothing is judged by them", async () => {
  await assert.rejects(
    judge([{ ...row, tests: ["test/mutants/no-such.test.ts"] }]),
    /with nothing changed, tests fail/,
  );
});
