import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import { gzipSync } from "node:zlib";
import { buildConsoleOnce, builtConsole } from "./built-console.ts";

interface Chunk {
  readonly file: string;
  readonly isEntry?: boolean;
  readonly imports?: readonly string[];
  readonly css?: readonly string[];
}

before(buildConsoleOnce);

const manifest = (): Readonly<Record<string, Chunk>> =>
  JSON.parse(readFileSync(join(builtConsole, "manifest.json"), "utf8")) as Record<string, Chunk>;

/** What a browser loads for these: each with all that it imports. */
function loadedFor(
  names: readonly string[],
  chunks: Readonly<Record<string, Chunk>>,
): ReadonlySet<string> {
  const loaded = new Set<string>();
  const load = (name: string): void => {
    const chunk = chunks[name];
    if (chunk === undefined || loaded.has(chunk.file)) return;
    loaded.add(chunk.file);
    for (const next of chunk.imports ?? []) load(next);
  };
  for (const name of names) load(name);
  return loaded;
}

const mostBytes = 60 * 1024;

test("the first load is at most 60 kB of script, gzipped, whichever page somebody opens first", () => {
  const chunks = manifest();
  const entry = Object.keys(chunks).filter((name) => chunks[name]?.isEntry === true);
  const screens = Object.keys(chunks).filter((name) => name.startsWith("src/screens/"));
  assert.ok(entry.length === 1 && screens.length >= 3);
  for (const screen of screens) {
    const bytes = [...loadedFor([...entry, screen], chunks)].reduce(
      (sum, file) => sum + gzipSync(readFileSync(join(builtConsole, file))).length,
      0,
    );
    assert.ok(bytes > 10_000 && bytes <= mostBytes, `${screen}: ${bytes} bytes`);
  }
});

test("nothing of the page is written into it: scripts and styles are files, as the page's policy asks", () => {
  const page = readFileSync(join(builtConsole, "index.html"), "utf8");
  assert.doesNotMatch(page, /<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=/i);
  for (const { file } of Object.values(manifest())) {
    const text = readFileSync(join(builtConsole, file), "utf8");
    // What the render library has for those who ask for it, and nobody here does.
    const ours = text.replaceAll(/dangerouslySetInnerHTML|\.innerHTML\b/g, "");
    assert.doesNotMatch(ours, /\beval\(|new Function\(|insertAdjacentHTML|document\.write/, file);
  }
});
