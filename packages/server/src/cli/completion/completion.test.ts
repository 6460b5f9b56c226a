import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "../../../../../test/parts/test.ts";
import { loadVerbs } from "../verb-table.ts";
import { bashCompletion } from "./bash.ts";
import { fishCompletion } from "./fish.ts";
import { zshCompletion } from "./zsh.ts";

const directory = mkdtempSync(join(tmpdir(), "portcullis-completion-"));
const verbs = await loadVerbs();

/** What is completed at the end of a line, and at least one of the words that must be offered. */
const lines: readonly (readonly [line: string, offered: readonly string[]])[] = [
  ["portcullis us", ["users"]],
  ["portcullis help ke", ["keys"]],
  ["portcullis users sign", ["sign-out"]],
  ["portcullis user a", ["add"]],
  ["portcullis up --ad", ["--admin-port"]],
  ["portcullis users add --pass", ["--password-stdin"]],
  ["portcullis up --mode ", ["enforce", "observe", "off"]],
  ["portcullis completion f", ["fish"]],
];

const alphabetical = (a = "", b = ""): number => (a < b ? -1 : 1);

function scriptFile(name: string, text: string): string {
  const file = join(directory, name);
  writeFileSync(file, `${text}\n`);
  return file;
}

test("Bash completes verbs, actions, flags and what they take", {
  needs: ["bash"],
}, ({ bash }) => {
  const script = scriptFile("portcullis.bash", bashCompletion(verbs));
  for (const [line, offered] of lines) {
    const code = `
source '${script}'
COMP_WORDS=(${line.endsWith(" ") ? `${line} ''` : line})
COMP_CWORD=$(( \${#COMP_WORDS[@]} - 1 ))
_portcullis
printf '%s\\n' "\${COMPREPLY[@]}"`;
    const out = execFileSync(bash, ["--norc", "-c", code], { encoding: "utf8" });
    assert.deepEqual(out.trim().split("\n").toSorted(alphabetical), offered, line);
  }
});

test("Fish completes verbs, actions, flags and what they take", {
  needs: ["fish"],
}, ({ fish }) => {
  const script = scriptFile("portcullis.fish", fishCompletion(verbs));
  const env = { ...process.env, HOME: directory, XDG_CONFIG_HOME: directory };
  for (const [line, offered] of lines) {
    const code = `source '${script}'; complete -C '${line}'`;
    const out = execFileSync(fish, ["--no-config", "-c", code], { encoding: "utf8", env });
    const words = out
      .trim()
      .split("\n")
      .map((row) => row.split("\t")[0]);
    assert.deepEqual(words.toSorted(alphabetical), offered, line);
  }
});

test("Zsh understands what is printed for it, and every verb and flag stands in it", {
  needs: ["zsh"],
}, ({ zsh }) => {
  const text = zshCompletion(verbs);
  execFileSync(zsh, ["-f", "-n", scriptFile("portcullis.zsh", text)]);
  for (const { name, verb } of verbs) {
    assert.ok(text.includes(`'${name}:`), name);
    for (const flag of Object.keys(verb.flags)) assert.ok(text.includes(`--${flag}[`), flag);
  }
});
