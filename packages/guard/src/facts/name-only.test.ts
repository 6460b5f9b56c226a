import assert from "node:assert/strict";
import { test } from "node:test";
import { mediaTypeOnly, nameOnly } from "./name-only.ts";

test("a name that nobody declares is kept where it can be one, and never where it may be somebody's", () => {
  for (const name of ["admin", "address_line_1", "items", "sha256", "a-b.c", "filter[x]", "{id}"])
    assert.equal(nameOnly(`/${name}`), `/${name}`);
  for (const name of [
    "ann@example.com",
    "447911123456",
    "a1b2c3d4e5f6a7b8",
    "x".repeat(65),
    "two words",
    "Ünsal",
  ])
    assert.equal(nameOnly(`/list/${name}/0`), "/list/(name)/0");
});

test("of a content type only the type is kept, and only where it is one", () => {
  for (const [sent, kept] of [
    ["text/html; charset=x; token=secret", "text/html"],
    ["Application/vnd.api+json", "application/vnd.api+json"],
    ["secret", "(no media type)"],
    ["text/a1b2c3d4e5f6", "(no media type)"],
    ["mine/secret", "(no media type)"],
    ["text/x secret", "(no media type)"],
  ] as const)
    assert.equal(mediaTypeOnly(sent), kept);
});
