import assert from "node:assert/strict";
import { test } from "node:test";
import type { Operation } from "../../document/api-document.ts";
import type { DialectName } from "../../document/dialects.ts";
import { plainReading } from "../../policy/backend-reading.ts";
import { words } from "./words.ts";

const operations = [
  "GET /users/{id}",
  "DELETE /users/{id}",
  "GET /users/export",
  "GET /users/export/{entry}",
  "GET /Rates",
  "GET /rates",
  "GET /rates/",
  "GET /health",
].map((key) => {
  const [method, pathTemplate] = key.split(" ");
  return { method, pathTemplate } as Operation;
});

/** What `check` names of the document, for backends of one dialect. */
const named = (dialect: DialectName | undefined): string[] =>
  operations.flatMap((operation) =>
    (
      words.findings?.(
        undefined,
        {
          name: "",
          anonymous: undefined,
          identified: true,
          modes: {},
          schemas: {},
          operation,
          operations,
          backendReads: { ...plainReading, dialect },
        },
        undefined,
      ) ?? []
    ).map(({ what }) => what),
  );

test("each path that a router could confuse with another is named once, by who confuses it", () => {
  assert.deepEqual(named(undefined), [
    "/users/export (beside /users/{id})",
    "/Rates and /rates",
    "/Rates and /rates/",
    "/rates and /rates/",
  ]);
  assert.deepEqual(named("express"), named(undefined));
  assert.deepEqual(named("rails"), ["/users/export (beside /users/{id})", "/rates and /rates/"]);
  assert.deepEqual(named("fastify"), ["/users/export (beside /users/{id})"]);
  assert.deepEqual(named("strict"), []);
});
