import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { readOpenApi } from "../operations/read-openapi.ts";
import { compileRequestContract } from "./check-request.ts";
import { compileAnswerContracts } from "./check-response.ts";
import { SchemaCompiler } from "./compile-schema.ts";

const file = join(mkdtempSync(join(tmpdir(), "portcullis-contracts-")), "openapi.yaml");
writeFileSync(
  file,
  `openapi: 3.1.0
info: { title: t, version: "1" }
components:
  schemas:
    Account:
      type: object
      required: [id, owner]
      properties:
        id: { type: string }
        owner: { type: string }
        pin: { type: string, writeOnly: true }
        kind: { type: string }
        history: { type: array, items: { $ref: "#/components/schemas/Entry" } }
    Entry: { type: object, properties: { amount: { type: integer }, related: { type: array, items: { $ref: "#/components/schemas/Entry" } } } }
    Base: { type: object, properties: { kind: { type: string } } }
    Card: { allOf: [{ $ref: "#/components/schemas/Base" }, { type: object, properties: { last4: { type: string } } }] }
    Iban: { allOf: [{ $ref: "#/components/schemas/Base" }, { type: object, properties: { iban: { type: string } } }] }
paths:
  /things/{id}/{ids}:
    post:
      operationId: things
      parameters:
        - { name: id, in: path, required: true, schema: { type: integer, minimum: 1 } }
        - { name: ids, in: path, required: true, schema: { type: array, items: { type: integer } } }
        - { name: page, in: query, schema: { type: integer, maximum: 100 } }
        - { name: tag, in: query, schema: { type: array, items: { type: string, maxLength: 3 } } }
        - { name: sort, in: query, style: pipeDelimited, explode: false, schema: { type: array, items: { enum: [a, b] } } }
        - { name: filter, in: query, style: deepObject, schema: { type: object, properties: { min: { type: number }, open: { type: boolean } } } }
        - { name: near, in: query, schema: { type: object, properties: { lat: { type: number }, lon: { type: number } } } }
        - { name: q, in: query, content: { application/json: { schema: { type: object, required: [x], properties: { x: { type: integer } } } } } }
        - { name: X-Request-Id, in: header, required: true, schema: { type: string, format: uuid } }
        - { name: session, in: cookie, schema: { type: string, maxLength: 4 } }
      requestBody:
        content:
          application/json: { schema: { $ref: "#/components/schemas/Account" } }
          application/x-www-form-urlencoded: { schema: { type: object, required: [amount], properties: { amount: { type: integer }, to: { type: array, items: { type: string } } } } }
          multipart/form-data:
            schema: { type: object, required: [file], properties: { file: { type: string, format: binary, maxLength: 10 }, title: { type: string, maxLength: 5 } } }
            encoding: { file: { contentType: "image/png, image/jpeg" } }
          image/*: {}
      responses:
        "200": { description: ok, content: { application/json: { schema: { $ref: "#/components/schemas/Account" } } } }
        "201": { description: ok, content: { application/json: { schema: { oneOf: [{ $ref: "#/components/schemas/Card" }, { $ref: "#/components/schemas/Iban" }], discriminator: { propertyName: kind, mapping: { card: "#/components/schemas/Card" } } } } } }
        4XX: { description: refused }
`,
);
const { document, faults } = readOpenApi(file);
assert.deepEqual(faults, []);
assert.ok(document !== undefined);
const [operation] = document.operations;
assert.ok(operation !== undefined);
const contract = compileRequestContract(operation, document.schemas, new SchemaCompiler(document.schemas, "request"), ["api_key"]);
const uuid = "6fa459ea-ee8a-3ca4-894e-db77e160355e";

function head(query: string, rest: { path?: string[]; headers?: string[]; cookie?: string } = {}): string[] {
  const violations = contract.checkHead?.({ pathParameters: rest.path ?? ["7", "1,2"], query, rawHeaders: rest.headers ?? ["x-request-id", uuid], cookie: rest.cookie });
  return (violations ?? []).map((violation) => `${violation.in} ${violation.name ?? ""}${violation.pointer ?? ""} ${violation.keyword}`);
}

test("parameters of every style are read as their schema's type, and only where they are that type", () => {
  assert.deepEqual(head("page=2&tag=a&tag=b&sort=a|b&filter[min]=1.5&filter[open]=true&lat=1&lon=2&api_key=k&q=%7B%22x%22%3A1%7D"), []);
  assert.deepEqual(head("page=+2"), ["query page type"]);
  assert.deepEqual(head("page=0x10"), ["query page type"]);
  assert.deepEqual(head("page=101"), ["query page maximum"]);
  assert.deepEqual(head("tag=abcd"), ["query tag/0 maxLength"]);
  assert.deepEqual(head("sort=a|c"), ["query sort/1 enum"]);
  assert.deepEqual(head("filter[min]=x"), ["query filter/min type"]);
  assert.deepEqual(head("filter[max]=1"), ["query filter/max undeclared"]);
  assert.deepEqual(head("filter[min]=1&filter[min]=2"), ["query filter style"]);
  assert.deepEqual(head("lat=x"), ["query near/lat type"]);
  assert.deepEqual(head("q=%7B%22x%22%3A1%2C%22x%22%3A2%7D"), ["query q style"]);
});

test("a query parameter that is not declared, or sent twice, is a violation; and a query with two readings is none", () => {
  assert.deepEqual(head("admin=1"), ["query admin undeclared"]);
  assert.deepEqual(head("page=1&page=2"), ["query page duplicate"]);
  assert.deepEqual(head("Page=1"), ["query Page undeclared"]);
  assert.deepEqual(head("__proto__=1"), ["query __proto__ undeclared"]);
  for (const query of ["page=%zz", "page=%ff", "page=1;page=2", "&", "=1"]) assert.deepEqual(head(query), ["query  malformed"], query);
});

test("path, header and cookie parameters are checked too", () => {
  assert.deepEqual(head("", { path: ["0", "1"] }), ["path id minimum"]);
  assert.deepEqual(head("", { path: ["7", "1,x"] }), ["path ids/1 type"]);
  assert.deepEqual(head("", { path: ["9007199254740993", "1"] }), ["path id type"]);
  assert.deepEqual(head("", { headers: [] }), ["header X-Request-Id required"]);
  assert.deepEqual(head("", { headers: ["X-Request-ID", "no"] }), ["header X-Request-Id format"]);
  assert.deepEqual(head("", { headers: ["X-Request-ID", uuid, "x-request-id", uuid] }), ["header X-Request-Id duplicate"]);
  assert.deepEqual(head("", { cookie: "a=b; session=12345" }), ["cookie session maxLength"]);
});

function body(contentType: string | undefined, text: string | Buffer): string {
  const reading = contract.readingOf?.(contentType);
  if (reading === undefined || reading === "unsupported-media-type") return "unsupported";
  const { refusal } = reading.check(Buffer.from(text));
  if (refusal === undefined) return reading.kind;
  return [refusal.code, ...(refusal.violations ?? []).map((violation) => `${violation.pointer} ${violation.keyword}`)].join(" ");
}

test("media types are matched with their parameters, and none is guessed", () => {
  assert.equal(body("application/json", '{"id":"1","owner":"o"}'), "json");
  assert.equal(body("Application/JSON; charset=UTF-8", '{"id":"1","owner":"o"}'), "json");
  assert.equal(body("application/json; charset=utf-16", "{}"), "media-type-unsupported");
  assert.equal(body("application/json; a=1; a=2", "{}"), "unsupported");
  assert.equal(body("application/json, text/plain", "{}"), "unsupported");
  assert.equal(body("application/xml", "<a/>"), "unsupported");
  assert.equal(body(undefined, "{}"), "unsupported");
  assert.equal(body("image/png", "anything"), "opaque");
  assert.equal(body("image/svg+json", '{"a":1,"a":2}'), "body-ambiguous");
});

test("a JSON body with two readings, or with what is not declared, does not pass", () => {
  assert.equal(body("application/json", '{"id":"1","owner":"o","owner":"p"}'), "body-ambiguous");
  assert.equal(body("application/json", '{"id":"1","owner":"o",}'), "body-malformed");
  assert.equal(body("application/json", Buffer.from([0xff, 0x22])), "body-ambiguous");
  assert.equal(body("application/json", '{"id":"1","owner":"o","isAdmin":true}'), "request-invalid /isAdmin undeclared");
  assert.equal(body("application/json", '{"id":1,"owner":"o"}'), "request-invalid /id type");
  assert.equal(body("application/json", '{"id":"1","owner":"o","history":[{"related":[{"amount":"x"}]}]}'), "request-invalid /history/0/related/0/amount type");
});

test("forms are read into what their schema says", () => {
  const form = "application/x-www-form-urlencoded";
  assert.equal(body(form, "amount=5&to=a&to=b"), "form");
  assert.equal(body(form, "amount=5&amount=6"), "body-ambiguous");
  assert.equal(body(form, "amount=five"), "request-invalid /amount type");
  assert.equal(body(form, "amount=5&admin=1"), "request-invalid /admin undeclared");
  assert.equal(body(form, "amount=%zz"), "body-malformed");
});

test("multipart bodies have one reading, and their parts the declared types", () => {
  const type = "multipart/form-data; boundary=b0undary";
  const part = (name: string, content: string, more = ""): string => `--b0undary\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${content}\r\n`;
  const upload = (content: string, contentType = "image/png", filename = "a.png"): string => `--b0undary\r\nContent-Disposition: form-data; name="file"; filename="${filename}"\r\nContent-Type: ${contentType}\r\n\r\n${content}\r\n`;
  const end = "--b0undary--\r\n";
  assert.equal(body(type, upload("x") + part("title", "t") + end), "multipart");
  assert.equal(body(type, upload("x".repeat(11)) + end), "request-invalid /file maxLength");
  assert.equal(body(type, upload("x", "text/html") + end), "request-invalid /file contentType");
  assert.equal(body(type, upload("x") + upload("y") + end), "body-ambiguous");
  assert.equal(body(type, upload("x") + part("admin", "1") + end), "request-invalid /admin undeclared");
  assert.equal(body(type, upload("x", "image/png", "../../etc/passwd") + end), "body-malformed");
  for (const broken of [`preamble\r\n${upload("x")}${end}`, upload("x"), upload("x").replaceAll("\r\n", "\n") + end, upload("x") + end + upload("y"), upload("x").replace("form-data;", "form-data; name=\"z\";") + end]) assert.equal(body(type, broken), "body-malformed", broken);
  assert.equal(body("multipart/form-data", upload("x") + end), "body-malformed");
});

const answers = compileAnswerContracts(operation, document.schemas, new SchemaCompiler(document.schemas, "response"));

test("an answer loses what its schema does not declare, deep inside lists and recursion, and what is writeOnly", () => {
  const answer = answers(200, "application/json; charset=utf-8");
  assert.equal(answer.declared, true);
  const value = { id: "1", owner: "o", pin: "0000", hash: "x", history: [{ amount: 1, internal: true, related: [{ amount: 2, internal: 3 }] }, { amount: 2 }] };
  const kept = answer.strip(value, []);
  assert.deepEqual(kept?.value, { id: "1", owner: "o", history: [{ amount: 1, related: [{ amount: 2 }] }, { amount: 2 }] });
  assert.deepEqual(kept?.stripped, ["/pin", "/hash", "/history/*/internal", "/history/*/related/*/internal"]);
  assert.equal(answer.strip({ id: "1" }, []), undefined);
  assert.equal(value.hash, "x");
  assert.deepEqual(answer.check({ id: "1" })?.map((violation) => violation.keyword), ["required"]);
});

test("a discriminator chooses what may stand in an answer", () => {
  const answer = answers(201, "application/json");
  assert.deepEqual(answer.strip({ kind: "card", last4: "1234", iban: "NL" }, [])?.value, { kind: "card", last4: "1234" });
  assert.deepEqual(answer.strip({ kind: "Iban", last4: "1234", iban: "NL" }, [])?.value, { kind: "Iban", iban: "NL" });
  assert.equal(answer.strip({ kind: "other", last4: "1", iban: "N" }, []), undefined);
});

test("statuses and media types that the document does not name are told apart", () => {
  assert.equal(answers(500, "application/json").declared, false);
  assert.equal(answers(200, "text/html").declared, false);
  assert.equal(answers(404, "text/html").declared, true);
  assert.equal(answers(304, undefined).declared, true);
  assert.equal(answers(200, "application/json"), answers(200, "application/json"));
});
