import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { canonicalPath } from "./canonical-path.ts";

const path = (target: string): string | undefined => {
  const outcome = canonicalPath(target);
  return "fault" in outcome ? undefined : outcome.path;
};

test("a plain path is its own canonical form", () => {
  for (const target of ["/", "/v1/accounts", "/a.b/c..d/...", "/a/", "/@x,y:(z)"])
    assert.equal(path(target), target);
  assert.deepEqual(canonicalPath("/a?b=c%20d&e"), { path: "/a", query: "b=c%20d&e" });
});

test("escapes of plain characters are undone, the others written in one way", () => {
  assert.equal(path("/%61ccounts/%7euser"), "/accounts/~user");
  assert.equal(path("/caf%c3%a9"), "/caf%C3%A9");
});

test("a path with a second reading has no canonical form", () => {
  const hostile = [
    "",
    "a",
    "//",
    "/a//b",
    "/.",
    "/..",
    "/a/./b",
    "/a/../b",
    "/a/%2e%2e/b",
    "/a/.%2E",
    "/a%2fb",
    "/a%5Cb",
    "/a\\b",
    "/a;x=1",
    "/a%00",
    "/a%0d%0a",
    "/a b",
    "/a\u0000",
    "/é",
    "/%",
    "/%4",
    "/%zz",
    "/%c3%28",
    "/%c0%af",
    "/%e2%80%a8",
    "/%252e%252e",
    "/%252f",
    "/a#b",
    "/cafe%cc%81",
    "/a?b#c",
    "/a?b c",
    "/a?b\\c",
    "/\u212a",
  ];
  for (const target of hostile) assert.equal(path(target), undefined, JSON.stringify(target));
});

test("canonical is canonical: reading it again changes nothing", () => {
  fc.assert(
    fc.property(fc.webPath(), (target) => {
      const once = path(target);
      if (once !== undefined) assert.equal(path(once), once);
    }),
  );
});

test("the web's own URL parser sees the path that the gate sees", () => {
  const segment = fc.string({
    unit: fc.constantFrom(..."abAB.%/\\;:@2e5cfF0~é \t?#".split("")),
    maxLength: 24,
  });
  fc.assert(
    fc.property(segment, (text) => {
      const outcome = canonicalPath(`/${text}`);
      if ("fault" in outcome) return;
      const url = new URL(
        `http://host.example${outcome.path}${outcome.query === "" ? "" : `?${outcome.query}`}`,
      );
      assert.equal(url.pathname, outcome.path);
      assert.equal(url.hash, "");
    }),
    { numRuns: 2000 },
  );
});
