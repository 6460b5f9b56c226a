import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

const root = join(import.meta.dirname, "..", "..");
/** Where npm puts the command of a package of this repository. */
const command = join(root, "node_modules", ".bin", "portcullis");
const directory = mkdtempSync(join(tmpdir(), "portcullis-checkout-"));
/** Stands for a machine whose own Node may not stand at a gate. */
const old = join(directory, "old.cjs");
writeFileSync(old, 'Object.defineProperty(process, "version", { value: "v20.20.2" });');
const file = join(root, "packages", "server", "package.json");
const { version } = JSON.parse(readFileSync(file, "utf8")) as { version: string };

test("in a checkout, npm has put the command where npx finds it, and it can be started", () => {
  assert.notEqual(statSync(command).mode & 0o111, 0);
  assert.match(readFileSync(command, "utf8"), /^#!\/usr\/bin\/env node\n/);
});

test("in a checkout, the command runs on this Node, and on the checkout's own where this one is too old", () => {
  for (const flags of [[], ["-r", old]]) {
    const args = [...flags, command, "--version"];
    const { status, stderr, stdout } = spawnSync(process.execPath, args, { encoding: "utf8" });
    assert.deepEqual([status, stdout, stderr], [0, `portcullis ${version}\n`, ""]);
  }
});

test("what ends the command in a checkout ends the gate that it runs", async () => {
  writeFileSync(
    join(directory, "openapi.yaml"),
    'openapi: 3.1.0\ninfo: { title: t, version: "1" }\nsecurity: []\npaths: {}\n',
  );
  const words = "up --openapi openapi.yaml --upstream http://127.0.0.1:9 --port 0 --admin-port 0";
  const child = spawn(process.execPath, ["-r", old, command, ...words.split(" ")], {
    cwd: directory,
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, PORTCULLIS_LISTEN_LAME_DUCK: "0s" },
  });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (part: string) => {
    said += part;
    if (part.includes("credential in")) child.kill("SIGTERM");
  });
  // The gate holds the other end of this stream.
  const [status] = (await once(child, "close")) as [number];
  assert.equal(status, 0, said);
  assert.match(said, /portcullis is stopping/);
});
