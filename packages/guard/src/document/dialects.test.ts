import assert from "node:assert/strict";
import { test } from "node:test";
import { dialectNames, dialects, overridesOf, routeReadingOf } from "./dialects.ts";
import { compileOperationTable } from "./operation-table.ts";

test("where nobody says how the backend reads, it may read as any of them, save by beginnings", () => {
  const any = routeReadingOf(undefined);
  for (const name of dialectNames) {
    for (const [what, reads] of Object.entries(dialects[name].routes))
      if (reads && what !== "prefix") assert.equal(any[what as keyof typeof any], true, what);
    for (const place of overridesOf(name)) assert.ok(overridesOf(undefined).includes(place));
    assert.ok(dialects[name].sources.length > 0);
  }
});

const paths = ["GET /a/{id}", "GET /a/export", "GET /b/{id}/x", "GET /b/list/{rest}", "GET /c"];
const table = compileOperationTable(
  paths.map((key) => {
    const [method = "", pathTemplate = ""] = key.split(" ");
    return { method, pathTemplate, value: key, reading: routeReadingOf(undefined) };
  }),
);
const takenFor = (path: string): string | undefined => table.match("GET", path, [])?.takenFor;

test("a value is taken for a sibling only where the rest of the path leads to an operation too", () => {
  assert.equal(takenFor("/a/EXPORT"), "GET /a/export");
  assert.equal(takenFor("/b/LIST/x"), "GET /b/list/{rest}");
  assert.equal(takenFor("/b/7/x"), undefined);
  assert.equal(takenFor("/a/export"), undefined);
  assert.equal(takenFor("/a/7"), undefined);
});

test("a path that is nothing here tells what a backend may take it for", () => {
  assert.equal(table.spelledOtherwise("GET", "/C"), "GET /c");
  assert.equal(table.spelledOtherwise("GET", "/a/export/"), "GET /a/export");
  assert.equal(table.spelledOtherwise("GET", "/d"), undefined);
});

test("a long segment of dots is looked at as far as any literal could reach", () => {
  assert.equal(takenFor(`/a/${".".repeat(8000)}`), undefined);
  assert.equal(takenFor(`/a/export${".x".repeat(4000)}`), "GET /a/export");
});
