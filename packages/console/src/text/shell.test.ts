import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { hostileTexts } from "./hostile-texts.ts";
import { commandText } from "./shell.ts";

test("a command that is copied gives a shell what a caller has written as one word, and nothing to run", () => {
  for (const { text } of hostileTexts) {
    const value = text.slice(0, 300);
    const said = execFileSync("sh", ["-c", commandText("printf", "%s", value)]).toString();
    assert.equal(said, Buffer.from(value.replaceAll(/\p{Cc}/gu, "")).toString(), value);
  }
});
