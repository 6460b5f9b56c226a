import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { openAdminCredential } from "./admin-credential.ts";

const emptyFolder = (): string => mkdtempSync(join(tmpdir(), "portcullis-admin-"));

test("the admin's credential is made once, for its owner alone, and nothing else fits", () => {
  const folder = emptyFolder();
  const made = openAdminCredential(folder);
  const token = readFileSync(made.file, "utf8").trim();
  assert.ok(made.made && token.length >= 32);
  assert.equal(statSync(made.file).mode & 0o777, 0o600);
  const again = openAdminCredential(folder);
  assert.equal(again.made, false);
  for (const credential of [made, again]) {
    assert.ok(credential.fits(token));
    for (const other of ["", token.slice(1), `${token}x`, token.toUpperCase(), "x".repeat(43)])
      assert.equal(credential.fits(other), false, other);
  }
  assert.equal(openAdminCredential(emptyFolder()).fits(token), false);
});

test("a credential that is short enough to be guessed is refused with the mend", () => {
  for (const text of ["a", "x".repeat(31)]) {
    const folder = emptyFolder();
    writeFileSync(join(folder, "admin-token"), text);
    assert.throws(() => openAdminCredential(folder), /fewer than 32 characters\. Remove it/);
  }
});
