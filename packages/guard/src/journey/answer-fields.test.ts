import assert from "node:assert/strict";
import { test } from "node:test";
import { FieldRules, readAnswerFields } from "./answer-fields.ts";

const rules = new FieldRules(["access-control-"]);

test("ids are sealed in every field that leads to an operation: Location, Content-Location, and each target of Link", () => {
  const sealed = (link: string): string => link.replaceAll("a-1", "HANDLE");
  const { headers } = readAnswerFields(
    [
      "Location",
      "/v1/accounts/a-1",
      "content-location",
      "/v1/accounts/a-1",
      "Link",
      '</v1/accounts/a-1/payments?cursor=2>; rel="next"; title="a-1", <https://elsewhere.example/a-1>; rel=help',
      "X-Note",
      "a-1",
    ],
    rules,
    sealed,
  );
  assert.deepEqual(headers, [
    "Location",
    "/v1/accounts/HANDLE",
    "content-location",
    "/v1/accounts/HANDLE",
    "Link",
    '</v1/accounts/HANDLE/payments?cursor=2>; rel="next"; title="a-1", <https://elsewhere.example/HANDLE>; rel=help',
    "X-Note",
    "a-1",
  ]);
});

test("what the backend says of other origins, of its connection and of itself does not leave", () => {
  const { headers } = readAnswerFields(
    [
      "Access-Control-Allow-Origin",
      "*",
      "Server",
      "x",
      "Keep-Alive",
      "timeout=5",
      "Portcullis-Identity",
      "y",
      "ETag",
      '"1"',
    ],
    rules,
    undefined,
  );
  assert.deepEqual(headers, ["ETag", '"1"']);
});
