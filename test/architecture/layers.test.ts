import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { importsOf, layerOf, type Layers, sourcesBelow, textOf, upwardImports } from "./sources.ts";

/** A folder may import from layers below its own only, and never from a folder beside it. */
const guardLayers: Layers = [
  ["reading"],
  ["document", "facts", "jws", "ports", "state", "x509"],
  ["policy"],
  ["controls"],
  ["journey"],
  // The order of the controls, what is gathered from them, and the gate.
  [""],
  ["doors", "entrances"],
];

const identityLayers: Layers = [
  ["names", "policy", "store"],
  ["counting"],
  ["factors"],
  ["people"],
  ["clients", "rotation", "federation"],
  ["protocol"],
  ["sign-in"],
  // The entrance: settings, clients that are known, upkeep, opening.
  [""],
];

const serverLayers: Layers = [
  ["files"],
  ["settings", "store", "upstream", "watch"],
  ["policy"],
  ["keys", "listener"],
  ["admin", "gate"],
  ["control"],
  ["cli"],
  // The name by which a policy in TypeScript imports the package.
  [""],
];

const consoleLayers: Layers = [
  ["words", "state"],
  ["text"],
  ["address", "api"],
  ["states", "charts", "list", "stream"],
  ["acts", "keys"],
  ["frame"],
  ["screens"],
  // The table of screens, the app, and its beginning.
  [""],
];

const guard = "packages/guard/src";
const identity = "packages/identity/src";
const server = "packages/server/src";
const webConsole = "packages/console/src";

test("imports in the guard run one way: reading, facts and documents, policy, controls, journey, gate", () => {
  assert.deepEqual(upwardImports(guard, guardLayers), []);
});

test("a control does not know another: what two of them share is a fact", () => {
  const controls = `${guard}/controls`;
  const files = sourcesBelow(controls);
  const across = files.flatMap((file) => {
    const own = layerOf(controls, file);
    return importsOf(file)
      .filter((specifier) => specifier.startsWith("."))
      .map((specifier) => layerOf(controls, join(dirname(file), specifier)))
      .filter((other) => !other.startsWith("..") && other !== "" && other !== own)
      .map((other) => `${file} knows ${other}`);
  });
  assert.deepEqual(across, []);
  assert.ok(new Set(files.map((file) => layerOf(controls, file))).size > 15);
});

test("policy, journey and documents know no control by name", () => {
  const nouns = new Set(
    sourcesBelow(`${guard}/controls`).map((file) => layerOf(`${guard}/controls`, file)),
  );
  nouns.delete("");
  const knowing = ["policy", "journey", "document", "facts", "reading"].flatMap((folder) =>
    sourcesBelow(`${guard}/${folder}`).filter((file) =>
      importsOf(file).some((specifier) =>
        nouns.has(/controls\/([^/]+)\//.exec(specifier)?.[1] ?? ""),
      ),
    ),
  );
  assert.deepEqual(knowing, []);
});

test("the guard imports neither the server nor the identity package", () => {
  const ours = sourcesBelow(guard).flatMap((file) =>
    importsOf(file).filter((one) => /^(@?portcullis)(\/|$)/.test(one)),
  );
  assert.deepEqual(ours, []);
});

test("imports in the identity package run one way: names, people, clients, protocol, sign-in", () => {
  assert.deepEqual(upwardImports(identity, identityLayers), []);
});

test("imports in the server run one way: tables and settings, policy, keys, gate and admin, control, command line", () => {
  assert.deepEqual(upwardImports(server, serverLayers), []);
});

test("imports in the console run one way: words, text, API, charts and lists, acts, frame, screens", () => {
  assert.deepEqual(upwardImports(webConsole, consoleLayers), []);
});

test("a screen of the console does not know another, and the console knows no package of ours", () => {
  const screens = `${webConsole}/screens`;
  const across = sourcesBelow(screens).flatMap((file) =>
    importsOf(file)
      .filter((one) => one.startsWith("."))
      .map((one) => layerOf(screens, join(dirname(file), one)))
      .filter((other) => !other.startsWith("..") && other !== layerOf(screens, file))
      .map((other) => `${file} knows ${other}`),
  );
  assert.deepEqual(across, []);
  const ours = sourcesBelow(webConsole).flatMap((file) =>
    importsOf(file).filter((one) => /^(@?portcullis)(\/|$)/.test(one) || one.includes("packages/")),
  );
  assert.deepEqual(ours, []);
});

test("every folder is in one layer, and the walk finds its imports", () => {
  for (const [folder, layers] of [
    [guard, guardLayers],
    [identity, identityLayers],
    [server, serverLayers],
    [webConsole, consoleLayers],
  ] as const) {
    const files = sourcesBelow(folder);
    assert.ok(files.some((file) => importsOf(file).some((one) => one.startsWith("../"))));
    const folders = new Set(files.map((file) => layerOf(folder, file)));
    assert.deepEqual([...folders].sort(), layers.flat().toSorted());
  }
});

test("the identity package imports the guard and never the server, which it does not know", () => {
  const ours = sourcesBelow(identity).flatMap((file) =>
    importsOf(file).filter((one) => /^(@?portcullis)(\/|$)/.test(one)),
  );
  assert.ok(ours.length > 10);
  assert.deepEqual(
    ours.filter((one) => !one.startsWith("@portcullis/guard/")),
    [],
  );
});

test("the server imports of the identity package what it exports, and no file past its exports", () => {
  const manifest = JSON.parse(textOf("packages/identity/package.json")) as {
    readonly exports: Readonly<Record<string, unknown>>;
  };
  const exported = Object.keys(manifest.exports).map(
    (path) => `@portcullis/identity${path.slice(1)}`,
  );
  const imported = new Set(
    sourcesBelow(server)
      .flatMap((file) => importsOf(file))
      .filter((one) => one.startsWith("@portcullis/identity")),
  );
  assert.deepEqual([...imported].sort(), exported.sort());
});

test("oidc-provider is imported in the protocol alone, which is loaded when the built-in issuer begins", () => {
  const heavy = sourcesBelow(identity).filter((file) =>
    /^(?:import|export) (?!type )[^;]*?from "oidc-provider"/m.test(textOf(file)),
  );
  assert.deepEqual(
    heavy.filter((file) => !file.startsWith(`${identity}/protocol/`)),
    [],
  );
  assert.ok(heavy.length > 0);
});
