import assert from "node:assert/strict";
import { test } from "node:test";
import type { Upstream } from "@portcullis/guard/upstream";
import { plannedJourney } from "./planned-journey.ts";

/** How servers read a query: all the values that any of them would take for the parameter. */
const readers: Readonly<Record<string, (query: string, name: string) => string[]>> = {
  "all values, decoded": (query, name) => new URLSearchParams(query).getAll(name),
  "names in any case (ASP.NET)": (query, name) =>
    [...new URLSearchParams(query)].flatMap(([key, value]) =>
      key.toLowerCase() === name ? value.split(",") : [],
    ),
  "brackets (qs, Rails)": (query, name) =>
    [...new URLSearchParams(query)].flatMap(([key, value]) =>
      key.replace(/\[.*$/s, "") === name ? [value] : [],
    ),
  "mangled names (PHP)": (query, name) =>
    [...new URLSearchParams(query)].flatMap(([key, value]) =>
      key
        .replace(/^ +/, "")
        .replace(/\0.*$/s, "")
        .replace(/\[.*$/s, "")
        .replaceAll(/[. ]/g, "_") === name
        ? [value]
        : [],
    ),
  "semicolons divide (older servers)": (query, name) =>
    new URLSearchParams(query.replaceAll(";", "&")).getAll(name),
  "not decoded": (query, name) =>
    query
      .split("&")
      .flatMap((pair) => (pair.startsWith(`${name}=`) ? [pair.slice(name.length + 1)] : [])),
};

let target = "";
const backend: Upstream = {
  forward(request, receiver) {
    ({ target } = request);
    receiver.onHead(200, []);
    receiver.onEnd([]);
    return { resume: () => undefined, abort: () => undefined };
  },
};
const ask = await plannedJourney({
  backend,
  document: `openapi: 3.1.0
info: { title: Readings, version: v1 }
security: [{ token: [] }]
paths: { /statements: { get: { operationId: statements, parameters: [{ name: account_id, in: query, required: true, schema: { type: string } }], responses: { "200": { description: ok } } } } }
components: { securitySchemes: { token: { type: http, scheme: bearer } } }
`,
  policy: `portcullis: 1
mode: { default: enforce, request: observe }
limits: { admission: off }
apis: [{ openapi: openapi.yaml, upstream: "http://127.0.0.1:9" }]
identity: { issuer: https://login.example, audience: x }
operations: [{ match: statements, owner: { param: account_id, is: token.sub } }]
`,
});

/** A small generator that says the same on every run. */
function sequence(seed: number): (below: number) => number {
  let at = seed;
  return (below) => {
    at = (Math.imul(at, 1_664_525) + 1_013_904_223) >>> 0;
    return (at >>> 8) % below;
  };
}

const names = [
  "account_id",
  "account_id",
  "account_id",
  "Account_Id",
  "account.id",
  "account%20id",
  "account+id",
  "account-id",
  "account_id[]",
  "account_id[0]",
  "account_id%5B%5D",
  "%61ccount_id",
  "account%5fid",
  "+account_id",
  "%20account_id",
  "account_id%00",
  "account[id",
  "account_id+",
  "other",
  "",
];
const values = [
  "ann",
  "ann",
  "ann",
  "ben",
  "an%6e",
  "ann%00",
  "%62en",
  "ann,ben",
  "ann;account_id=ben",
  "",
  "ANN",
  "ann+",
  "ann%26account_id=ben",
  "ann%2526account_id%3dben",
  "%",
  "%zz",
  "ann&amp",
];
const between = ["&", "&", "&", ";", "&&", "%26", "?", "#"];

/** One to three pairs, divided in ways that some server knows. */
function queryOf(random: (below: number) => number): string {
  let query = "";
  for (let pair = 0, pairs = 1 + random(3); pair < pairs; pair += 1)
    query += `${pair === 0 ? "" : between[random(between.length)]}${names[random(names.length)]}${random(12) === 0 ? "" : "="}${values[random(values.length)]}`;
  return query;
}

/** The ways of reading by which what the backend was asked for names anybody but ann. */
function readingsOfAnother(): string[] {
  const query = target.slice(target.indexOf("?") + 1);
  return Object.entries(readers)
    .map(([reader, read]) => ({ reader, found: read(query, "account_id") }))
    .filter(({ found }) =>
      found.some((value) => decodeURIComponent(value.replaceAll("+", " ")) !== "ann"),
    )
    .map(({ found, reader }) => `${reader} reads ${JSON.stringify(found)} in ${target}`);
}

test("of a hundred thousand queries none that passes names another account to any way of reading it", async () => {
  const random = sequence(7);
  const wrong: string[] = [];
  let passed = 0;
  for (let count = 0; count < 100_000; count += 1) {
    const { status } = await ask("ann", "GET", `/statements?${queryOf(random)}`);
    if (status !== 200) continue;
    passed += 1;
    wrong.push(...readingsOfAnother());
  }
  assert.deepEqual(wrong.slice(0, 5), []);
  assert.ok(passed > 1000, `${passed} passed`);
});
