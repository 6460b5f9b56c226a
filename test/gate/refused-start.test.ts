import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { main } from "../../examples/harbour/gate.ts";
import { smallDocument } from "./small-gate.ts";

const directory = mkdtempSync(join(tmpdir(), "portcullis-refused-"));
const document = join(directory, "openapi.yaml");
writeFileSync(document, smallDocument);

const cli = (...args: string[]): { code: number | null; out: string; err: string } => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--conditions=@portcullis/source", main, ...args],
    {
      encoding: "utf8",
      env: { ...process.env, PORTCULLIS_ENV: "production" },
    },
  );
  return { code: status, out: stdout, err: stderr };
};

test("check prints who may enter each operation, and finds the one without a rule", () => {
  const { code, out } = cli("lint", "--openapi", document, "--fail-on", "finding");
  assert.equal(code, 1);
  assert.match(out, /getRates +GET +\/v1\/rates +anyone/);
  assert.match(out, /forgotten +GET +\/v1\/forgotten +no rule/);
  const json = JSON.parse(cli("check", "--openapi", document, "--json").out) as {
    operations: unknown[];
  };
  assert.equal(json.operations.length, 4);
});

test("a mistake at the command line is answered with what to type next, and exit code 2", () => {
  assert.match(cli("chekc").err, /did you mean 'check'\?/);
  assert.match(cli("up", "--upstrem", "http://x").err, /did you mean '--upstream'\?/);
  assert.match(cli("up", "--openapi", document).err, /no backend was named/);
  assert.match(
    cli("check", "--openapi", join(directory, "absent.yaml")).err,
    /absent\.yaml:1:1 {2}error {2}the file does not exist/,
  );
  assert.equal(cli("up", "--openapi", document, "--upstream", "not a url").code, 2);
});

test("a certificate that only this machine trusts is refused in production", () => {
  const { code, err } = cli(
    "up",
    "--openapi",
    document,
    "--upstream",
    "http://127.0.0.1:1",
    "--port",
    "0",
    "--admin-port",
    "0",
    "--directory",
    join(directory, "prod"),
  );
  assert.equal(code, 2);
  assert.match(err, /PORTCULLIS_ENV=production refuses/);
});
