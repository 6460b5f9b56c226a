import assert from "node:assert/strict";
import { execFile, execFileSync, spawn } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { request } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { after, before, type TestContext } from "node:test";
import { promisify } from "node:util";
import { type Packed, packPackages } from "../../tools/pack-packages.ts";
import { test } from "../parts/test.ts";
import { type LocalRegistry, startLocalRegistry } from "./local-registry.ts";

const root = join(import.meta.dirname, "..", "..");
const directory = mkdtempSync(join(tmpdir(), "portcullis-packages-"));
/** The empty folder of somebody who has never seen this repository. */
const project = join(directory, "project");
const runFile = promisify(execFile);
const commandMs = 60_000;
let packed: readonly Packed[];
let registry: LocalRegistry;
let backend: Server;

before(async () => {
  const tarballs = join(directory, "tarballs");
  for (const folder of [tarballs, project]) mkdirSync(folder);
  packed = packPackages(tarballs);
  registry = await startLocalRegistry(root, packed);
  writeFileSync(join(project, "package.json"), '{ "private": true, "type": "module" }');
  await runFile(
    "npm",
    ["install", "portcullis", "@portcullis/client"],
    inProject(process.execPath),
  );
  backend = createServer((_request, response) =>
    response.writeHead(200, { "Content-Type": "application/json" }).end('{"rates":[]}'),
  ).listen(0, "127.0.0.1");
  await new Promise((resolve) => backend.once("listening", resolve));
});
after(() => {
  registry.close();
  backend.closeAllConnections();
  backend.close();
});

/** A command of the project that sees this Node, the registry of this test, and no settings of ours. */
const inProject = (node: string) => ({
  cwd: project,
  timeout: commandMs,
  env: {
    ...process.env,
    PATH: `${dirname(node)}${delimiter}${process.env["PATH"]}`,
    npm_config_registry: registry.url,
    npm_config_cache: join(directory, "cache"),
    npm_config_userconfig: join(directory, "npmrc"),
    npm_config_ignore_scripts: "true",
    npm_config_audit: "false",
    npm_config_loglevel: "error",
  },
});

const filesIn = (tarball: string): string[] =>
  execFileSync("tar", ["-tzf", tarball], { encoding: "utf8" }).trim().split("\n");

test("a tarball holds what was built, its page and the licence, and neither sources nor tests", () => {
  assert.ok(packed.length >= 3);
  for (const { name, tarball } of packed) {
    const files = filesIn(tarball);
    for (const file of ["package.json", "README.md", "LICENSE"])
      assert.ok(files.includes(`package/${file}`), `${name} has no ${file}`);
    assert.deepEqual(
      files.filter((file) => /\/src\/|\.test\.|-contract\.|(?<!\.d)\.ts$|tsconfig/.test(file)),
      [],
      name,
    );
  }
});

test("publint and attw have nothing to say of any tarball", async () => {
  const bin = join(root, "node_modules", ".bin");
  for (const { name, tarball } of packed) {
    const linted = await runFile(process.execPath, [
      join(bin, "publint"),
      "run",
      tarball,
      "--strict",
    ]);
    assert.match(linted.stdout, /All good!/, linted.stdout);
    // The packages are ES modules: what CommonJS would make of them is not asked. The client is found
    // by those too that know no `exports`: bundlers of phones, and TypeScript's node10.
    const rules =
      name === "@portcullis/client"
        ? ["--ignore-rules", "cjs-resolves-to-esm"]
        : ["--profile", "esm-only"];
    const args = [join(bin, "attw"), tarball, ...rules];
    await runFile(process.execPath, args).catch((fault: { stdout: string }) =>
      assert.fail(fault.stdout),
    );
  }
});

/** Every subpath by which the installed packages may be imported, as their manifests say. */
const entrances = (): string[] =>
  packed.flatMap(({ name }) => {
    const manifest = readFileSync(join(project, "node_modules", name, "package.json"), "utf8");
    const { exports = {} } = JSON.parse(manifest) as {
      exports?: Readonly<Record<string, unknown>>;
    };
    return Object.keys(exports).map((path) => `${name}${path.slice(1)}`);
  });

const openapi = `openapi: 3.1.0
info: { title: Rates, version: "1" }
security: []
paths: { /rates: { get: { operationId: getRates, responses: { "200": { description: ok } } } } }
`;

/** The Node that runs this, and the oldest line that the packages may run on. */
const nodes = [
  { title: "this Node", needs: [], nodeOf: () => process.execPath },
  { title: "Node 24", needs: ["node24"], nodeOf: (node24: string) => node24 },
] as const;

for (const { needs, nodeOf, title } of nodes) {
  test(`on ${title}, npx portcullis tells its version`, { needs }, async ({ node24 }) => {
    const { stdout } = await runFile("npx", ["portcullis", "--version"], inProject(nodeOf(node24)));
    const { version } = packed.find(({ name }) => name === "portcullis") as Packed;
    assert.equal(stdout.trim(), `portcullis ${version}`);
  });

  test(
    `on ${title}, npx portcullis up serves a document`,
    { needs },
    async ({ node24 }, context) => {
      const { ca, port } = await up(nodeOf(node24), context);
      assert.equal(await get(port, ca, "/rates"), '{"rates":[]}');
    },
  );

  test(`on ${title}, a program imports the packages`, { needs }, async ({ node24 }) => {
    const lines = entrances().map((entrance) => `await import("${entrance}");`);
    writeFileSync(join(project, "program.js"), lines.join("\n"));
    await runFile(nodeOf(node24), ["program.js"], inProject(nodeOf(node24)));
    assert.ok(lines.length > 20, `${lines.length} entrances`);
  });

  test(`on ${title}, a program makes a gate of a policy and a document`, { needs }, async ({
    node24,
  }) => {
    writeFileSync(join(project, "openapi.yaml"), openapi);
    copyFileSync(join(import.meta.dirname, "programs", "gate.mjs"), join(project, "gate.mjs"));
    const { stdout } = await runFile(nodeOf(node24), ["gate.mjs"], inProject(nodeOf(node24)));
    assert.equal(stdout.trim(), "200 404 operation-unknown");
  });
}

test("a program in TypeScript finds the types of the packages", async () => {
  const lines = [
    ...entrances().map((entrance, index) => `export * as entrance${index} from "${entrance}";`),
    'import { definePolicy } from "portcullis/define-policy";',
    'export const policy = definePolicy({ portcullis: 1, apis: [], mode: "observe" });',
  ];
  writeFileSync(join(project, "program.ts"), lines.join("\n"));
  const tsc = join(root, "node_modules", ".bin", "tsc");
  const flags = "--noEmit --strict --skipLibCheck --module nodenext --target es2024 --types";
  await runFile(tsc, [...flags.split(" "), join(root, "node_modules/@types/node"), "program.ts"], {
    cwd: project,
  }).catch((fault: { stdout: string }) => assert.fail(fault.stdout));
});

test("on a Node that may not stand at a gate, the command says which one is needed", async () => {
  writeFileSync(
    join(project, "old.cjs"),
    'Object.defineProperty(process, "version", { value: "v18.19.0" });',
  );
  const command = join(project, "node_modules", "portcullis", "bin", "portcullis.js");
  await assert.rejects(runFile(process.execPath, ["-r", "./old.cjs", command], inProject("")), {
    code: 2,
    stderr: /^portcullis needs Node 24\.18\.1 .* this is v18\.19\.0\./,
  });
});

test("the oldest Node can read the files that name the Node it needs", () => {
  for (const file of ["portcullis.js", "runtime-version.js"]) {
    const text = readFileSync(join(root, "packages", "server", "bin", file), "utf8");
    const code = text.replaceAll(/^#!.*|\/\/.*|\/\*[\s\S]*?\*\/|"[^"\n]*"/gm, "");
    assert.doesNotMatch(
      code,
      /=>|\?\.|\?\?|`|\basync\b|\bimport\b|\bexport\b|\bclass\b|\.\.\./,
      file,
    );
  }
});

/** Starts the command as its users do, and waits until it serves; it ends with the test. */
async function up(node: string, context: TestContext): Promise<{ port: number; ca: string }> {
  writeFileSync(join(project, "openapi.yaml"), openapi);
  const upstream = `http://127.0.0.1:${(backend.address() as AddressInfo).port}`;
  const state = mkdtempSync(join(directory, "state-"));
  const words = `portcullis up --openapi openapi.yaml --upstream ${upstream} --directory ${state}`;
  // npx, the shell it starts and the gate are one group, which ends as a whole.
  const child = spawn("npx", `${words} --port 0 --admin-port 0 --threads 1`.split(" "), {
    ...inProject(node),
    timeout: undefined,
    detached: true,
    stdio: ["ignore", "ignore", "pipe"],
  });
  context.after(() => process.kill(-(child.pid as number), "SIGKILL"));
  let said = "";
  for await (const part of child.stderr.setEncoding("utf8")) {
    said += part as string;
    const port = Number(/https:\/\/localhost:(\d+)/.exec(said)?.[1]);
    if (port > 0 && said.includes("credential in"))
      return { port, ca: readFileSync(join(state, "local-ca.crt"), "utf8") };
  }
  throw new Error(`the command did not serve:\n${said}`);
}

function get(port: number, ca: string, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    request({ host: "localhost", port, path, ca }, (response) => {
      let text = "";
      response
        .setEncoding("utf8")
        .on("data", (part: string) => (text += part))
        .on("end", () => resolve(text));
    })
      .on("error", reject)
      .end();
  });
}
