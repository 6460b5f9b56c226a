import assert from "node:assert/strict";
import { test } from "node:test";
import { forwarded, gateFor } from "./dialect-gate.ts";
import type { Ask } from "./planned-journey.ts";

const told = async (ask: Ask, method: string, path: string): Promise<string> => {
  const got = await ask("ann", method, path);
  return got.code ?? "passes";
};

/** Spellings of one path that some router takes for another, and who does. */
const spellings: readonly (readonly [method: string, path: string, by: readonly string[]])[] = [
  ["GET", "/users/EXPORT", ["express", "aspnet"]],
  ["GET", "/users/Export", ["express", "aspnet"]],
  ["GET", "/users/expor%54", ["express", "aspnet"]],
  ["GET", "/users/%40ME", ["aspnet"]],
  [
    "GET",
    "/users/%40me",
    ["fastify", "spring", "django", "flask", "rails", "laravel", "aspnet", "go", "nginx"],
  ],
  ["GET", "/users/export.json", ["rails", "nginx"]],
  ["GET", "/users/export.a.b", ["rails", "nginx"]],
  ["GET", "/users/exporter", ["nginx"]],
  ["GET", "/users/export%3Bx=1", ["spring", "nginx"]],
  ["GET", "/users/search", ["django", "nginx"]],
  ["GET", "/jobs/7:CANCEL", ["express", "aspnet"]],
  [
    "GET",
    "/jobs/7%3Acancel",
    ["fastify", "spring", "django", "flask", "rails", "laravel", "aspnet", "go", "nginx"],
  ],
  ["GET", "/teams/ARCHIVE/members", ["express", "aspnet"]],
  // But for nginx only where it is not said how the backend reads.
  ["GET", "/users/export%20", ["nginx"]],
  ["GET", "/users/%EF%BD%85xport", []],
];
const named = "express fastify spring django flask rails laravel aspnet go nginx strict".split(" ");

test("a value of a parameter that some router takes for a sibling's name is refused, until the dialect is said", async () => {
  const ask = await gateFor();
  for (const [method, path, by] of spellings) {
    const onlyByPrefix = path === "/users/exporter";
    assert.equal(
      await told(ask, method, path),
      onlyByPrefix ? "passes" : "route-ambiguous",
      `${path} ${by.join()}`,
    );
  }
  for (const path of [
    "/users/7",
    "/users/ann@example.com",
    "/users/exporter",
    "/users/re.export",
    "/users/me",
    "/jobs/cancel",
    "/teams/7/members",
  ])
    assert.equal(await told(ask, "GET", path), "passes", path);
});

test("a stated dialect refuses what that dialect confuses, and nothing else", async () => {
  for (const dialect of named) {
    const ask = await gateFor(`, dialect: ${dialect}`);
    for (const [method, path, by] of spellings)
      assert.equal(
        await told(ask, method, path),
        by.includes(dialect) ? "route-ambiguous" : "passes",
        `${dialect} ${path}`,
      );
  }
});

test("where route is observed, such a value passes and is recorded", async () => {
  const ask = await gateFor("", "{ default: enforce, route: observe }");
  assert.equal((await ask("ann", "GET", "/users/EXPORT")).status, 200);
  assert.equal(forwarded?.target, "/users/EXPORT");
});

test("a field that some backend reads as a declared one is refused, whatever else the form may hold", async () => {
  const form = ["Content-Type", "application/x-www-form-urlencoded"];
  const codeOf = async (ask: Ask, body: string): Promise<string> =>
    (await ask("ann", "POST", "/users/7", body, form)).code ?? "passes";
  const names = ["role[]", "role[a]", "role%5B", "Role", "+role", "role%00"];
  const any = await gateFor();
  for (const name of names)
    assert.equal(await codeOf(any, `role=user&${name}=admin`), "field-ambiguous", name);
  assert.equal(await codeOf(any, "role=user&other[]=1&note[a]=b"), "passes");
  assert.equal(
    await codeOf(await gateFor(", dialect: django"), "role=user&role[]=admin"),
    "passes",
  );
  assert.equal(
    await codeOf(await gateFor(", dialect: rails"), "role=user&role[]=admin"),
    "field-ambiguous",
  );
});
