import assert from "node:assert/strict";
import { test } from "node:test";
import { compileOperationTable } from "./operation-table.ts";

const table = compileOperationTable(
  [
    "GET /v1/accounts",
    "GET /v1/accounts/{id}",
    "PATCH /v1/accounts/{id}",
    "GET /v1/accounts/mine",
    "GET /v1/accounts/{id}/payments/{paymentId}",
    "GET /v1/{kind}/mine/late",
    "GET /files/{name}.json",
    "GET /range/{from}-{to}",
    "POST /v1/login",
  ].map((key) => {
    const [method = "", pathTemplate = ""] = key.split(" ");
    return { method, pathTemplate, value: key };
  }),
);
const match = (method: string, path: string): [string | undefined, string[]] => {
  const out: string[] = [];
  return [table.match(method, path, out)?.value, out];
};

test("a concrete path wins over a templated one", () => {
  assert.deepEqual(match("GET", "/v1/accounts/mine"), ["GET /v1/accounts/mine", []]);
  assert.deepEqual(match("GET", "/v1/accounts/42"), ["GET /v1/accounts/{id}", ["42"]]);
});

test("a concrete beginning that leads nowhere gives way to the template", () => {
  assert.deepEqual(match("GET", "/v1/accounts/mine/late"), [
    "GET /v1/{kind}/mine/late",
    ["accounts"],
  ]);
  assert.deepEqual(match("PATCH", "/v1/accounts/mine"), ["PATCH /v1/accounts/{id}", ["mine"]]);
});

test("parameters come in the order of the template", () => {
  assert.deepEqual(match("GET", "/v1/accounts/7/payments/9"), [
    "GET /v1/accounts/{id}/payments/{paymentId}",
    ["7", "9"],
  ]);
  assert.deepEqual(match("GET", "/files/report.json"), ["GET /files/{name}.json", ["report"]]);
  assert.deepEqual(match("GET", "/range/1-2"), ["GET /range/{from}-{to}", ["1", "2"]]);
});

test("paths that only resemble a template are not it", () => {
  for (const path of [
    "/v1/accounts/",
    "/V1/accounts",
    "/v1/accounts/7/",
    "/files/.json",
    "/files/report.jsonx",
    "/range/-2",
    "/v1",
    "/",
    "/v1/__proto__",
    "/v1/constructor",
  ])
    assert.deepEqual(match("GET", path), [undefined, []], path);
});

test("HEAD is offered where GET is, and Allow names every method", () => {
  assert.deepEqual(match("HEAD", "/v1/accounts/42"), ["GET /v1/accounts/{id}", ["42"]]);
  assert.deepEqual(table.methodsAt("/v1/login"), ["POST"]);
  assert.deepEqual(table.methodsAt("/v1/accounts/42").toSorted(), ["GET", "HEAD", "PATCH"]);
  assert.deepEqual(table.methodsAt("/v2"), []);
});

test("literals are told apart by their texts, whatever they are found by", () => {
  // These are alike to a hash that multiplies by 31: 31 × 65 + 97 = 31 × 66 + 66.
  const alike = compileOperationTable(
    ["/Aa", "/BB", "/AaAa", "/BBBB/x", "/{id}"].map((pathTemplate) => ({
      method: "GET",
      pathTemplate,
      value: pathTemplate,
    })),
  );
  for (const [path, found] of [
    ["/Aa", "/Aa"],
    ["/BB", "/BB"],
    ["/AaAa", "/AaAa"],
    ["/AaBB", "/{id}"],
    ["/BBBB", "/{id}"],
    ["/BBBB/x", "/BBBB/x"],
    ["/BBAa/x", undefined],
  ] as const)
    assert.equal(alike.match("GET", path, [])?.value, found, path);
});
