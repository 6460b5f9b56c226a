import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { readOpenApi } from "../../document/read-openapi.ts";
import { SchemaCompiler } from "../../document/schema/compile-schema.ts";
import { isRefusal, type Refusal } from "../../facts/refusal.ts";
import { compileRequestBody } from "./request-body.ts";

const file = join(mkdtempSync(join(tmpdir(), "portcullis-bodies-")), "openapi.yaml");
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
paths:
  /things:
    post:
      operationId: things
      requestBody:
        content:
          application/json: { schema: { $ref: "#/components/schemas/Account" } }
          application/x-www-form-urlencoded: { schema: { type: object, required: [amount], properties: { amount: { type: integer }, to: { type: array, items: { type: string } } } } }
          multipart/form-data:
            schema: { type: object, required: [file], properties: { file: { type: string, format: binary, maxLength: 10 }, title: { type: string, maxLength: 5 } } }
            encoding: { file: { contentType: "image/png, image/jpeg" } }
          image/*: {}
      responses: { "200": { description: ok } }
`,
);
const { document, faults } = readOpenApi(file);
assert.deepEqual(faults, []);
assert.ok(document !== undefined);
const [operation] = document.operations;
assert.ok(operation !== undefined);
const declared = compileRequestBody(
  operation,
  document.schemas,
  new SchemaCompiler(document.schemas, "request"),
);

const said = ({ problem, violations = [] }: Refusal): string =>
  [problem.code, ...violations.map(({ keyword, pointer }) => `${pointer} ${keyword}`)].join(" ");

function body(contentType: string | undefined, text: string | Buffer): string {
  const reading = declared?.readingOf(contentType);
  if (reading === undefined) return "unsupported";
  const read = reading.read(Buffer.from(text));
  if (isRefusal(read)) return said(read);
  const violation = reading.fits(read.value);
  return violation === undefined ? reading.kind : `${violation.pointer} ${violation.keyword}`;
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
  assert.equal(
    body("application/json", '{"id":"1","owner":"o","isAdmin":true}'),
    "/isAdmin undeclared",
  );
  assert.equal(body("application/json", '{"id":1,"owner":"o"}'), "/id type");
  assert.equal(
    body("application/json", '{"id":"1","owner":"o","history":[{"related":[{"amount":"x"}]}]}'),
    "/history/0/related/0/amount type",
  );
});

test("forms are read into what their schema says", () => {
  const form = "application/x-www-form-urlencoded";
  assert.equal(body(form, "amount=5&to=a&to=b"), "form");
  assert.equal(body(form, "amount=5&amount=6"), "body-ambiguous");
  assert.equal(body(form, "amount=five"), "/amount type");
  assert.equal(body(form, "amount=5&admin=1"), "/admin undeclared");
  assert.equal(body(form, "amount=%zz"), "body-malformed");
});

test("multipart bodies have one reading, and their parts the declared types", () => {
  const type = "multipart/form-data; boundary=b0undary";
  const part = (name: string, content: string, more = ""): string =>
    `--b0undary\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${content}\r\n`;
  const upload = (content: string, contentType = "image/png", filename = "a.png"): string =>
    `--b0undary\r\nContent-Disposition: form-data; name="file"; filename="${filename}"\r\nContent-Type: ${contentType}\r\n\r\n${content}\r\n`;
  const end = "--b0undary--\r\n";
  assert.equal(body(type, upload("x") + part("title", "t") + end), "multipart");
  assert.equal(body(type, upload("x".repeat(11)) + end), "/file maxLength");
  assert.equal(body(type, upload("x", "text/html") + end), "request-invalid /file contentType");
  assert.equal(body(type, upload("x") + upload("y") + end), "body-ambiguous");
  assert.equal(body(type, upload("x") + part("admin", "1") + end), "/admin undeclared");
  assert.equal(body(type, upload("x", "image/png", "../../etc/passwd") + end), "body-malformed");
  for (const broken of [
    `preamble\r\n${upload("x")}${end}`,
    upload("x"),
    upload("x").replaceAll("\r\n", "\n") + end,
    upload("x") + end + upload("y"),
    upload("x").replace("form-data;", 'form-data; name="z";') + end,
  ])
    assert.equal(body(type, broken), "body-malformed", broken);
  assert.equal(body("multipart/form-data", upload("x") + end), "body-malformed");
});
