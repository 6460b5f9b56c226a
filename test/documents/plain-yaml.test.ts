import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { isMap, isScalar, isSeq, parseDocument, stringify } from "yaml";
import { readPlainYaml } from "../../packages/guard/src/document/plain-yaml.ts";
import { test } from "../parts/test.ts";

const root = join(import.meta.dirname, "..", "..");

/** Every path of a document, and where the reader that keeps every node says that it stands. */
function* places(node: unknown, path: readonly string[] = []): Generator<[string[], number]> {
  if (isMap(node))
    for (const { key, value } of node.items) {
      if (!isScalar(key)) continue;
      const own = [...path, String(key.value)];
      yield [own, key.range?.[0] ?? -1];
      yield* places(value, own);
    }
  else if (isSeq(node))
    for (const [index, item] of node.items.entries()) {
      const own = [...path, String(index)];
      const range = (item as { range?: readonly number[] } | null)?.range;
      if (range !== undefined && !(isScalar(item) && item.source === ""))
        yield [own, range[0] ?? -1];
      yield* places(item, own);
    }
}

/** The same values, at the same places, as the reader says that keeps every node; or nothing. */
function compare(text: string, what: string): "plain" | "other" {
  const read = readPlainYaml(text);
  if (read === undefined) return "other";
  const node = parseDocument(text, { version: "1.2", stringKeys: true, merge: true });
  assert.deepEqual([...node.errors, ...node.warnings].map(String), [], what);
  assert.deepEqual(read.value, node.toJS(), what);
  for (const [path, offset] of places(node.contents))
    assert.equal(read.positions.offsetOf(path), offset, `${what}: ${path.join("/")}`);
  return "plain";
}

test("documents of the public suites are read as the reader reads them that keeps every node", {
  needs: ["suites"],
}, ({ suites }) => {
  const files = globSync("{oas-examples,oas-schema-cases}/**/*.{yaml,yml}", { cwd: suites });
  const plain = files.filter(
    (file) => compare(readFileSync(join(suites, file), "utf8"), file) === "plain",
  );
  assert.ok(plain.length > 280, `${plain.length} of ${files.length}`);
});

test("documents and policies of this repository are read so too", () => {
  const files = globSync("examples/**/*.yaml", { cwd: root });
  assert.ok(files.length > 4);
  for (const file of files) compare(readFileSync(join(root, file), "utf8"), file);
});

const written: readonly (readonly [text: string, kind: "plain" | "other"])[] = [
  [
    "a: 1\nb: -1.5e3\nc: 0x1F\nd: 0o17\ne: .5\nf: 1_000\ng: 0b1\nh: 1.\ni: +7\nj: -.inf\nk: .nan",
    "plain",
  ],
  [
    "a: ~\nb: null\nc:\nd: Null\ne: nULL\nf: yes\ng: on\nh: TRUE\ni: tRUE\nj: 2026-01-31\nk: 12:30:45",
    "plain",
  ],
  ["200: a\n1.10: b\ntrue: c\nnull: d\n~: e\n0x1: f\n-1: g", "plain"],
  [
    "a: 'it''s'\n\"b\\u0041\\n\": \"\\x41\\t\"\n'c d': |\n  one\n   two\n\ne: >-\n  folded\n  line\nf: |+\n  kept\n\n",
    "plain",
  ],
  ["a: one\n  two\n  three\nb: 'one\n  two'\nc: \"one\\\n  two\"", "plain"],
  ["- a\n- - b\n  - c: 1\n    d: [1, {e: f}, 'g', \"h\"]\n-\n- {}\n- []\n- |\n  text", "plain"],
  ["{a: 1, \"b\": [x, y], 'c': {d: null}}", "plain"],
  ["# words\na: 1 # more\n# end\n", "plain"],
  ["---\na: 1\n...\n", "plain"],
  ["a: 1\r\nb:\r\n  - 2\r\n", "plain"],
  ['ключ: значение\n\u{1F600}: "\u{1F600}"\nc: d', "plain"],
  ["constructor: 1\ntoString: 2\nhasOwnProperty: 3", "plain"],
  ["a: &x 1\nb: *x", "other"],
  ["a: !!str 1", "other"],
  ["<<: { a: 1 }\nb: 2", "other"],
  ["__proto__: { a: 1 }", "other"],
  ["a: 1\na: 2", "other"],
  ["'a': 1\na: 2", "other"],
  ["? [a]\n: 1", "other"],
  [": 1", "other"],
  ["%YAML 1.2\n---\na: 1", "other"],
  ["---\na: 1\n---\nb: 2", "other"],
  ["a: [1, 2", "other"],
  ["a: 1\n\tb: 2", "other"],
  ["", "other"],
  ["# nothing", "other"],
  [`${"[".repeat(200)}${"]".repeat(200)}`, "other"],
];

for (const [text, kind] of written)
  test(`${JSON.stringify(text.slice(0, 60))} is ${kind === "plain" ? "read with the same values and places" : "left to the other reader"}`, () => {
    assert.equal(compare(text, text), kind);
  });

test("whatever is written as YAML comes back with the same values and places", () => {
  const key = fc.oneof(
    fc.string({ minLength: 1, unit: "grapheme" }),
    fc.constantFrom("a", "200", "1e3", "null"),
  );
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { maxDepth: 4 },
      fc.string({ unit: "grapheme" }),
      fc.constantFrom("1", "0x1", "true", "~", "- a", "a: b", "#", "multi\nline\n", " lead"),
      fc.double({ noNaN: true }),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie("any"), { maxLength: 4 }),
      fc.dictionary(key, tie("any"), { maxKeys: 4, noNullPrototype: true }),
    ),
  })).any;
  fc.assert(
    fc.property(value, fc.constantFrom(80, 0), fc.boolean(), (made, lineWidth, isFlow) => {
      const text = stringify(
        { made },
        { lineWidth, collectionStyle: isFlow ? "flow" : "any", aliasDuplicateObjects: false },
      );
      compare(text, text);
    }),
    { numRuns: 500 },
  );
});
