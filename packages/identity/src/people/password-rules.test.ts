import assert from "node:assert/strict";
import { test } from "node:test";
import { isCommonPassword } from "./common-passwords.ts";
import { judgePassword, type PasswordFault } from "./password-rules.ts";

const rules = { least: 8, breached: "off", ownWords: ["Notes", "api.notes.example"] } as const;
const judged = (password: string): Promise<PasswordFault | undefined> =>
  judgePassword(password, ["ann.summer_field@mailhost.example"], rules);

test("the hundred thousand most common passwords are known, in whatever letter case", () => {
  for (const one of ["password", "PassWord1", "iloveyou", "qwertyuiop", "1q2w3e4r5t", "trustno1"])
    assert.equal(isCommonPassword(one), true, one);
  for (const one of ["vb9#kq0-wwz1", "correct horse battery staple", "", "🐎🔋📎 ünïcödé"])
    assert.equal(isCommonPassword(one), false, one);
});

test("a password of the service's name or the person's address is refused, however often they are repeated, spelled and padded", async () => {
  for (const one of [
    "notesnotes12345",
    "Notes2026!",
    "12345notes-NOTES-notes",
    "n0t3sn0t3sn0t3s!!",
    "N0T35-n0te5-2026",
    "notesqwertyuiop",
    "notes1111111111111111",
    "notesabcabcabcabcabc",
    "example-notes-api",
    "summerfieldnotes",
    "annsummer2026",
    "field_summer_1",
    "$umm3rsummer!",
    "mailhostmailhost1",
    "ann.summer_field@mailhost.example",
  ])
    assert.equal(await judged(one), "personal", one);
});

test("a word of the service within a password of enough else is no reason to refuse it", async () => {
  for (const one of [
    "my notes are under the oak",
    "plain dry footnotes of history",
    "notes vb9kqwwz1x",
    "late summer rain on tin roofs",
  ])
    assert.equal(await judged(one), undefined, one);
});
