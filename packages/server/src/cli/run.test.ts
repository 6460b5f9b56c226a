import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { run } from "./run.ts";
import { loadVerbs, verbTable } from "./verb-table.ts";

interface Said {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

async function portcullis(...argv: readonly string[]): Promise<Said> {
  const out: string[] = [];
  const error: string[] = [];
  const code = await run(argv, {
    out: (text) => void out.push(text),
    error: (text) => void error.push(text),
  });
  return { code, out: out.join("\n"), error: error.join("\n") };
}

test("help is what was asked for: it goes to the standard output, with exit code 0", async () => {
  for (const argv of [[], ["help"], ["--help"], ["-h"], ["help", "help"]]) {
    const { code, error, out } = await portcullis(...argv);
    assert.deepEqual([code, error], [0, ""], argv.join(" "));
    for (const [name, { summary }] of Object.entries(verbTable))
      assert.ok(out.includes(`${name} `) && out.includes(summary), name);
  }
  for (const argv of [
    ["help", "users"],
    ["help", "user"],
    ["users", "--help"],
    ["users", "add", "-h"],
  ]) {
    const { code, error, out } = await portcullis(...argv);
    assert.deepEqual([code, error], [0, ""], argv.join(" "));
    assert.match(out, /^portcullis users: [\s\S]*add EMAIL[\s\S]*--password-stdin/);
  }
});

test("the help of every verb names each of its flags and actions, and what to type", async () => {
  for (const { name, verb } of await loadVerbs()) {
    const { out } = await portcullis(name, "--help");
    for (const flag of Object.keys(verb.flags)) assert.ok(out.includes(`--${flag} `), flag);
    for (const action of Object.keys(verb.actions ?? {}))
      assert.match(out, new RegExp(`^  ${action} `, "m"));
    assert.ok(out.endsWith(`For example: ${verb.example}`), name);
  }
});

test("the version is the package's, however it is asked for", async () => {
  const file = join(import.meta.dirname, "..", "..", "package.json");
  const { version } = JSON.parse(readFileSync(file, "utf8")) as { version: string };
  for (const argv of [["--version"], ["-V"], ["version"]])
    assert.deepEqual(await portcullis(...argv), {
      code: 0,
      out: `portcullis ${version}`,
      error: "",
    });
  assert.equal((await portcullis("version", "--json")).out, JSON.stringify({ version }));
});

test("a verb, an action or a flag that is mistyped is answered with the nearest there is", async () => {
  for (const [argv, words] of [
    [["chekc"], /there is no verb 'chekc'; did you mean 'check'\?/],
    [["help", "usres"], /there is no verb 'usres'; did you mean 'users'\?/],
    [["hlep"], /did you mean 'help'\?/],
    [["users", "lst"], /there is no 'portcullis users lst'; did you mean 'list'\?/],
    [["client", "ad", "x"], /there is no 'portcullis clients ad'; did you mean 'add'\?/],
    [["keys", "quite-another"], /expected list, rotate, retire, issue, reseal/],
    [["users", "--jsn"], /has no flag '--jsn'; did you mean '--json'\?/],
    [["completion", "fishh"], /did you mean 'fish'\?/],
    [["completion"], /say which shell: portcullis completion bash, zsh, fish/],
  ] as const) {
    const { code, error, out } = await portcullis(...argv);
    assert.deepEqual([code, out], [2, ""], argv.join(" "));
    assert.match(error, words);
  }
});

test("a word too many is a mistake, for verbs and for what they do", async () => {
  for (const argv of [
    ["up", "now"],
    ["users", "list", "ann@example.com"],
    ["users", "show", "u-1", "u-2"],
    ["explain", "GET", "/v1/accounts"],
  ])
    assert.match((await portcullis(...argv)).error, /is one word too many/, argv.join(" "));
});

test("every module in verbs/ is a verb of the table", () => {
  const modules = readdirSync(join(import.meta.dirname, "verbs"))
    .filter((file) => file.endsWith(".ts"))
    .map((file) => file.replace(/\.ts$/, ""));
  assert.deepEqual(modules.sort(), Object.keys(verbTable).sort());
});
