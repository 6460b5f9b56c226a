import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { run } from "../../packages/server/src/cli/run.ts";
import { readSecret } from "../../packages/server/src/keys/read-secret.ts";
import { readKeyPair } from "../../packages/server/src/files/key-pair.ts";
import { programFormat } from "../../packages/server/src/policy/program-policy.ts";
import { directory, document } from "./planned.ts";

type Schema = Readonly<Record<string, unknown>>;
type Path = readonly string[];

const parts = (schema: Schema, key: string): Schema[] =>
  Array.isArray(schema[key]) ? (schema[key] as Schema[]) : [];

/** Every key of the policy with its schema; `0` stands for an element, `x` for a name. */
function* everyKey(schema: Schema, path: Path = []): Generator<[Path, Schema]> {
  yield [path, schema];
  for (const one of parts(schema, "anyOf")) yield* everyKey(one, path);
  const { additionalProperties, items, properties = {} } = schema;
  if (items !== undefined) yield* everyKey(items as Schema, [...path, "0"]);
  if (typeof additionalProperties === "object")
    yield* everyKey(additionalProperties as Schema, [...path, "x"]);
  for (const [name, one] of Object.entries(properties as Record<string, Schema>))
    yield* everyKey(one, [...path, name]);
}

const all = [...everyKey(programFormat.jsonSchema)];
const namesSecret = ({ properties, writeOnly }: Schema): boolean =>
  writeOnly === true || Object.keys(properties ?? {}).join() === "env,file";
const secrets = [
  ...new Set(all.filter(([, schema]) => namesSecret(schema)).map(([path]) => path.join("."))),
].map((path) => path.split("."));

const marker = "hunter2Marker";
/** What people write where the name of a secret belongs. */
const literals: readonly unknown[] = [
  marker,
  `-----BEGIN PRIVATE KEY-----\n${marker}\n-----END PRIVATE KEY-----\n`,
  `redis//:${marker}@cache.example`,
  `ldap://user:${marker}@cache.example/?key=${marker}`,
  [marker],
  { [marker]: null },
  { value: marker },
  { literal: { [marker]: marker } },
  { env: marker },
  { env: [marker] },
  { file: { [marker]: marker } },
  { env: `${marker}!`, file: `a\u0000${marker}` },
];

const valueAt = ([key, ...rest]: Path, value: unknown): unknown => {
  if (key === undefined) return value;
  const inner = valueAt(rest, value);
  return key === "0" ? [inner] : { [key]: inner };
};

const file = join(directory, "secrets.yaml");
/**
 * Everything that commands say of a policy.
 *
 * @param alsoUp whether it is served too, which says the same on a thread of its own and takes long
 */
async function said(policy: string, alsoUp = true): Promise<string> {
  writeFileSync(file, policy);
  const lines: string[] = [];
  const take = (text: string): void => void lines.push(text);
  const understood = await run(["check", "--config", file], { out: take, error: take });
  for (const argv of [
    ["check", "--json"],
    ["check", "--matrix"],
    ["explain", "GET /v1/accounts/1"],
    ["explain", "GET /v1/accounts/1", "--json"],
    // What is understood would be served.
    ...(understood === 2 && alsoUp ? [["up"]] : []),
  ])
    await run([...argv, "--config", file], { out: take, error: take });
  return lines.join("\n");
}

test("every key whose name speaks of a secret is one whose value no message shows", () => {
  assert.ok(secrets.length >= 8, `${secrets.length}`);
  const speaking = /(secret|password|passphrase|token|key|keys|credential|state|store)$/i;
  const named = all.filter(
    ([path, { properties, type }]) =>
      speaking.test(path.at(-1) ?? "") &&
      (type === "string" || Object.keys(properties ?? {}).join() === "env,file"),
  );
  const shown = named.filter(([, { writeOnly }]) => writeOnly !== true);
  assert.deepEqual(
    shown.map(([path]) => path.join(".")),
    [],
  );
});

test("a secret that is written where its name belongs is shown nowhere, nor what stands in place of what holds one", async () => {
  const own = new Set(secrets.map((path) => path.join(".")));
  const places = new Set(
    secrets.flatMap((path) => path.map((_, index) => path.slice(0, index + 1).join("."))),
  );
  const scalars = literals.filter((one) => typeof one !== "object" || Array.isArray(one));
  for (const place of places) {
    const path = place.split(".");
    // Above a secret's own place, names are names: a key that is misspelt there is told.
    for (const literal of own.has(place) ? literals : scalars) {
      const policy = JSON.stringify(
        Object.assign(
          { portcullis: 1, apis: [{ openapi: document, upstream: "http://127.0.0.1:9" }] },
          valueAt(path, literal),
        ),
      );
      const text = await said(policy, literal === marker);
      if (text.includes(marker))
        assert.fail(`${place}: ${JSON.stringify(literal)}\n${linesWith(text)}`);
    }
  }
});

const linesWith = (text: string): string =>
  text
    .split("\n")
    .filter((line) => line.includes(marker))
    .join("\n");

test("addresses are shown as far as their host: what stands before and behind it may be a secret", async () => {
  for (const [path, literal] of [
    ["apis.0.upstream", `http://user:${marker}@127.0.0.1:9`],
    ["publicUrl", `ftp://user:${marker}@api.example/`],
    ["decisionPoints.x.url", `ftp://pdp.example/?key=${marker}`],
    ["identity.mail.webhook", `https://user@hooks.example/services/${marker}`],
    ["identity.issuer", `https://user:${marker}@login.example`],
  ] as const) {
    const text = await said(
      JSON.stringify({ portcullis: 1, ...(valueAt(path.split("."), literal) as object) }),
    );
    assert.ok(!text.includes(marker), `${path}\n${linesWith(text)}`);
    assert.match(text, new RegExp(path.split(".").at(-1) as string));
  }
});

test("a file that is no YAML is told of by its place, without what stands there", async () => {
  for (const line of [
    `token: !${marker}`,
    `token: *${marker}`,
    `token: |${marker}`,
    `token: "\\${marker}"`,
    `token: "a" ${marker}`,
    `token: "${marker}`,
    `token: [${marker}`,
    `token: a: ${marker}`,
    `token: {${marker}`,
    `token: @${marker}`,
    `token: }${marker}`,
    `%${marker}\n---\ntoken: 1`,
  ]) {
    const text = await said(`portcullis: 1\ndecisionPoints: { x: 1 }\n${line}\n`);
    assert.ok(!text.includes(marker), `${line}\n${linesWith(text)}`);
  }
});

test("where a secret cannot be had, what names it is told, and not the name: it may be the secret", () => {
  const messages = (work: () => unknown): string => {
    try {
      work();
    } catch (fault) {
      return `${String(fault)} ${JSON.stringify(fault)} ${String((fault as Error).cause)}`;
    }
    return assert.fail("it was read");
  };
  const where = "decisionPoints, pdp";
  for (const source of [{ env: marker.toUpperCase() }, { file: marker }, { file: "a", env: "B" }]) {
    const text = messages(() => readSecret(source, where, directory, {}));
    assert.ok(text.includes(where));
    assert.ok(!text.toLowerCase().includes(marker.toLowerCase()), text);
  }
  const text = messages(() => readKeyPair(document, join(directory, marker)));
  assert.ok(!text.includes(marker), text);
});

test("an empty variable or file is no secret, and neither is one that was not named", () => {
  const read = (source: Parameters<typeof readSecret>[0], environment = {}): string =>
    readSecret(source, "store.key", directory, environment);
  assert.equal(read({ env: "KEY" }, { KEY: ` ${marker}\n` }), marker);
  for (const environment of [{}, { KEY: "" }, { KEY: " \n" }])
    assert.throws(() => read({ env: "KEY" }, environment), /store\.key: the variable/);
  writeFileSync(join(directory, "empty-secret"), "\n");
  assert.throws(() => read({ file: "empty-secret" }), /store\.key: what file names is empty/);
  assert.throws(() => read({ file: "no-such-file" }), /store\.key: what file names cannot be read/);
  for (const source of [{}, { env: "KEY", file: "empty-secret" }])
    assert.throws(() => read(source, { KEY: marker }), /name one of env or file/);
});
