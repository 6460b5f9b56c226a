import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { test } from "node:test";

const root = join(import.meta.dirname, "..", "..");
const sources = globSync("{packages,examples,bench,tools,test}/**/*.{ts,mjs}", { cwd: root, exclude: (name) => /node_modules|dist|\.work/.test(name) }).map((file) => file.split(sep).join("/"));
const guardSources = sources.filter((file) => file.startsWith("packages/guard/src/") && !file.endsWith(".test.ts"));

const nouns = new Set(["operations", "clients", "credentials", "limits", "contracts", "authorization", "protection", "rollout", "state"]);
/** A folder may import from folders of a lower rank only. The root files are the vocabulary everything shares. */
const rank: Readonly<Record<string, number>> = { "": 0, ...Object.fromEntries([...nouns].map((noun) => [noun, 1])), policy: 2, journey: 3, doors: 4 };
/** Limits and rollout speak of the state port by its types alone. */
const typeOnly = new Set(["limits>state", "rollout>state"]);

interface Import {
  readonly specifier: string;
  readonly typeOnly: boolean;
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(root, file), "utf8");
  return [...text.matchAll(/^(?:import|export)\s+(type\s+)?[^;]*?from\s+"([^"]+)"/gm)].map((match) => ({ typeOnly: match[1] !== undefined, specifier: match[2] ?? "" }));
}

const folderOf = (file: string): string => {
  const inside = relative("packages/guard/src", file);
  return inside.includes("/") ? (inside.split("/")[0] ?? "") : "";
};

test("imports in the guard run one way: vocabulary, nouns, policy, journey, doors", () => {
  const broken: string[] = [];
  for (const file of guardSources) {
    for (const { specifier, typeOnly: onlyTypes } of importsOf(file)) {
      if (!specifier.startsWith(".")) {
        if (/^(portcullis|@portcullis)(\/|$)/.test(specifier)) broken.push(`${file} imports ${specifier}`);
        continue;
      }
      const from = folderOf(file);
      const to = folderOf(join(dirname(file), specifier));
      if (from === to) continue;
      if (typeOnly.has(`${from}>${to}`) && onlyTypes) continue;
      const fromRank = rank[from];
      const toRank = rank[to];
      if (fromRank === undefined || toRank === undefined || toRank >= fromRank) broken.push(`${file} (${from}) imports ${specifier} (${to})`);
    }
  }
  assert.deepEqual(broken, []);
});

test("no source file is a drawer", () => {
  const drawers = sources.filter((file) => /(^|\/)(utils?|helpers?|common|misc|shared|lib|core|types|constants|manager|service)(\/|\.tsx?$)/.test(file));
  assert.deepEqual(drawers, []);
});

test("no source file is longer than 250 lines without its comments and blank lines", () => {
  const long = sources
    .filter((file) => !file.endsWith(".test.ts"))
    .map((file) => {
      const lines = readFileSync(join(root, file), "utf8").replace(/\/\*[\s\S]*?\*\//g, "").split("\n").filter((line) => line.trim() !== "" && !line.trim().startsWith("//"));
      return { file, lines: lines.length };
    })
    .filter(({ lines }) => lines > 250);
  assert.deepEqual(long, []);
});

test("the walk over the sources finds the sources", () => {
  assert.ok(guardSources.length > 5);
  assert.ok(guardSources.some((file) => importsOf(file).length > 0));
});
