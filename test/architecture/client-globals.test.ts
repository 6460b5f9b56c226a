import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { root, sourcesBelow, textOf } from "./sources.ts";

const client = "packages/client/src";
const mostGzippedBytes = 12_000;

/** For browsers and for servers: what they need, these have. */
const notForPhones = ["adapters/web.ts", "adapters/software-key.ts", "adapters/memory.ts"];

/**
 * Everything beyond the language that the client's code for phones may name, and no more of it than
 * stands here: types whose values the platform's own fetch and the app hand over. React Native has
 * these members since its first fetch and its first AbortController.
 */
const ofThePlatform = `
interface Response {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  json(): Promise<unknown>;
  text(): Promise<string>;
}
interface AbortSignal {
  readonly aborted: boolean;
  readonly reason?: unknown;
  addEventListener(name: "abort", listener: () => void): void;
  removeEventListener(name: "abort", listener: () => void): void;
}
`;

/** What platform-defaults.ts looks for, and what React Native 0.81 in Hermes has of it. */
const lookedFor: Readonly<Record<string, string>> = {
  crypto: "absent; react-native-get-random-values brings getRandomValues alone",
  getRandomValues: "absent, as above",
  subtle: "absent",
  digest: "absent",
  performance: "present",
  now: "present",
  fetch: "present, over XMLHttpRequest",
  AbortController: "present, without AbortSignal.timeout and AbortSignal.any",
  setTimeout: "present",
  clearTimeout: "present",
};
/** Every platform has timers; the rest may be missing, and its type says so. */
const neverMissing = ["setTimeout", "clearTimeout"];

/** Type-checks texts as phones would have them: the language of 2022, and the table above. */
function faultsOnPhones(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "portcullis-globals-"));
  for (const [file, text] of Object.entries({ ...files, "platform.d.ts": ofThePlatform })) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  const config = {
    extends: join(root, "tsconfig.json"),
    compilerOptions: { lib: ["es2022"], types: [] },
    include: ["**/*.ts"],
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
  const tsc = join(root, "node_modules", ".bin", "tsc");
  return spawnSync(process.execPath, [tsc, "-p", folder], { encoding: "utf8" }).stdout;
}

const forPhones = (): Readonly<Record<string, string>> =>
  Object.fromEntries(
    sourcesBelow(client)
      .filter((file) => !notForPhones.some((one) => file === `${client}/${one}`))
      .map((file) => [file, textOf(file)]),
  );

test("the client's code for phones names nothing beyond the language but what phones have", () => {
  const files = forPhones();
  assert.ok(Object.keys(files).length > 20);
  assert.equal(faultsOnPhones(files), "");
  const uses = [
    "AbortSignal.timeout(1)",
    "crypto.randomUUID()",
    'new URL("a:b")',
    "new TextEncoder()",
    'btoa("")',
    "structuredClone(1)",
    "setTimeout(() => 0, 1)",
    "performance.now()",
    "(null as unknown as Response).clone()",
    "[1].toSorted()",
  ];
  for (const use of uses)
    assert.notEqual(faultsOnPhones({ "use.ts": `export const used = ${use};` }), "", use);
});

test("what is looked for among the globals is in the table, and is looked for before it is used", () => {
  const text = textOf(`${client}/platform-defaults.ts`);
  const shape = /const web = globalThis as unknown as \{([\s\S]*?)\n\};/.exec(text)?.[1] ?? "";
  const members = [...shape.matchAll(/(?<!\()\b(\w+)(\??)(?::|\()/g)]
    .filter(
      ([, name]) =>
        !["bytes", "name", "work", "ms", "timer", "signal", "abort", "new"].includes(
          name as string,
        ),
    )
    .map(([, name = "", optional]) => ({ name, optional: optional === "?" }));
  assert.deepEqual(members.map(({ name }) => name).sort(), Object.keys(lookedFor).sort());
  assert.deepEqual(
    members.filter(({ optional }) => !optional).map(({ name }) => name),
    neverMissing,
  );
  const others = sourcesBelow(client)
    .filter((file) => /\bglobalThis\b/.test(textOf(file)))
    .filter((file) => !notForPhones.some((one) => file.endsWith(one)));
  assert.deepEqual(others, [`${client}/platform-defaults.ts`]);
});

test("the client has no dependency", () => {
  const manifest = JSON.parse(textOf("packages/client/package.json")) as Record<string, unknown>;
  assert.deepEqual(
    Object.keys(manifest).filter((key) => /dependencies/i.test(key)),
    [],
  );
});

test(`the core is at most ${mostGzippedBytes} bytes, as an app's bundler makes it, gzipped`, (context) => {
  const bundler = join(root, "node_modules", ".bin", "esbuild");
  const words = `${client}/portcullis-client.ts --bundle --minify --format=esm --target=es2022`;
  const bundled = execFileSync(bundler, words.split(" "), { cwd: root });
  const bytes = gzipSync(bundled, { level: 9 }).length;
  context.diagnostic(`${bytes} bytes`);
  assert.ok(bundled.includes("completeSignIn"));
  assert.ok(bytes <= mostGzippedBytes, `${bytes} bytes`);
});
