import assert from "node:assert/strict";
import { globSync } from "node:fs";
import { sep } from "node:path";
import { test } from "node:test";
import { root, textOf } from "./sources.ts";

const mostLines = 250;
const sources = globSync("{packages,examples,bench,tools,test}/**/*.{ts,tsx,mjs,js,css}", {
  cwd: root,
  exclude: (name) => /node_modules|dist|\.work/.test(name),
}).map((file) => file.split(sep).join("/"));

test("no source file is a drawer for what has no place", () => {
  const drawer =
    /(^|\/)(utils?|helpers?|common|misc|shared|lib|core|types|constants|manager|service)(\/|\.(?:[jt]sx?|css)$)/;
  assert.deepEqual(
    sources.filter((file) => drawer.test(file)),
    [],
  );
  assert.ok(drawer.test("packages/guard/src/utils.ts"));
});

test(`no source file is longer than ${mostLines} lines`, () => {
  const long = sources
    .map((file) => ({ file, lines: textOf(file).split("\n").length - 1 }))
    .filter(({ lines }) => lines > mostLines);
  assert.deepEqual(long, []);
  assert.ok(sources.length > 300, `${sources.length} files were read`);
});
