import assert from "node:assert/strict";
import { test } from "node:test";
import { absent, notYours, ownerUnknown } from "../../facts/absent.ts";
import { refuse } from "../../facts/refusal.ts";
import { signInProblems } from "../../facts/sign-in-problems.ts";
import { problems as entryProblems } from "../entry/problems.ts";
import { stepUpProblems } from "../../facts/step-up-problems.ts";
import { tellsOfExistence } from "./control.ts";

test("what would tell that there is an object is hidden, and what the caller must do is said", () => {
  for (const refusal of [
    notYours("another's"),
    absent,
    refuse(entryProblems["role-insufficient"]),
    refuse(entryProblems["scope-insufficient"]),
  ])
    assert.ok(tellsOfExistence(refusal), refusal.problem.code);
  for (const refusal of [
    ownerUnknown("nobody can tell"),
    refuse(signInProblems["credential-missing"]),
    refuse(stepUpProblems["step-up-needed"]),
  ])
    assert.equal(tellsOfExistence(refusal), false, refusal.problem.code);
});
