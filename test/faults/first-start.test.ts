import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { main } from "../../examples/harbour/gate.ts";
import { test } from "../parts/test.ts";
import { until } from "./changing-gate.ts";

/** Everything that a start can make is asked for: keys, certificates, tokens, a store. */
function policyFolder(): string {
  const directory = mkdtempSync(join(tmpdir(), "portcullis-first-"));
  const thing = '{ $ref: "#/components/schemas/Thing" }';
  writeFileSync(
    join(directory, "openapi.yaml"),
    `openapi: 3.1.0
info: { title: First, version: "1" }
security: []
components: { schemas: { Thing: { type: object, properties: { id: { type: string } } } } }
paths:
  /things/{thingId}:
    parameters: [{ name: thingId, in: path, required: true, schema: { type: string } }]
    get: { operationId: getThing, responses: { "200": { description: ok, content: { application/json: { schema: ${thing} } } } } }
`,
  );
  writeFileSync(
    join(directory, "portcullis.yaml"),
    `portcullis: 1
publicUrl: https://localhost:8443
listen: { port: 0, threads: 1 }
admin: { port: 0 }
identity: { issuer: builtin, audience: first }
apis: [{ openapi: openapi.yaml, upstream: "http://127.0.0.1:9" }]
sealedIds: { thing: { parameters: [thingId], properties: [Thing/id] } }
`,
  );
  return directory;
}

interface Outcome {
  readonly serves: boolean;
  readonly said: string;
}

async function startOnce(directory: string, state: string): Promise<Outcome> {
  const child = spawn(
    process.execPath,
    [
      "--conditions=@portcullis/source",
      "--disable-warning=ExperimentalWarning",
      main,
      "up",
      "--directory",
      state,
    ],
    { cwd: directory, stdio: ["ignore", "ignore", "pipe"] },
  );
  const ended = once(child, "exit");
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (part: string) => (said += part));
  await until(
    async () => said.includes("/healthz") || child.exitCode !== null,
    () => said,
  );
  const serves = child.exitCode === null;
  child.kill("SIGKILL");
  await ended;
  return { serves, said };
}

/** The files that hold secrets and certificates; a database mends itself. */
const made = (state: string): ReadonlyMap<string, string> =>
  new Map(
    readdirSync(state)
      .filter((name) => !name.includes(".db") && statSync(join(state, name)).isFile())
      .map((name) => [name, readFileSync(join(state, name), "utf8")]),
  );

const page = 4096;

/** Pages of the disk that are free at the first start: each file of it finds none in one of them. */
for (const pages of [0, 1, 2, 3, 4, 6, 8, 12])
  test(`a first start with room for ${pages} pages leaves whole files or none, and the next one serves`, {
    needs: ["smallDisk"],
    timeout: 120_000,
  }, async ({ smallDisk: disk }) => {
    const directory = policyFolder();
    disk.fill();
    const filler = join(disk.folder, "filler");
    truncateSync(filler, statSync(filler).size - pages * page);
    const first = await startOnce(directory, disk.folder);
    const { filler: _, ...whole } = Object.fromEntries(made(disk.folder));
    for (const [name, text] of Object.entries(whole)) {
      assert.doesNotMatch(name, /\.new$/, first.said);
      assert.ok(text.endsWith("\n") && text.length > 40, `${name} is not whole: ${text}`);
    }
    if (!first.serves)
      assert.match(first.said, /disk is full|the store .* cannot be opened: .*(disk|full)/);
    disk.clear();
    const next = await startOnce(directory, disk.folder);
    assert.ok(next.serves, next.said);
    const later = made(disk.folder);
    for (const name of ["admin-token", "sealing-key"])
      if (whole[name] !== undefined) assert.equal(later.get(name), whole[name], name);
    assert.ok(later.size >= 5, [...later.keys()].join(" "));
  });
