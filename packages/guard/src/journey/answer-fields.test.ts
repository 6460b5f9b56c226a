import assert from "node:assert/strict";
import { test } from "node:test";
import { mostAnswerFields, readAnswerFields } from "./answer-fields.ts";
import { readTrailers } from "./trailers.ts";
import { FieldRules } from "./field-rules.ts";
import { compileOwnLinks } from "./own-links.ts";
import { type Disagreement, singleFields } from "./single-fields.ts";

const rules = new FieldRules(["access-control-"]);
const asTheyAre = { rewriteLink: (link: string): string => link };
const read = (...rawHeaders: string[]) =>
  readAnswerFields(rawHeaders, new FieldRules([]), asTheyAre);

test("ids are sealed in every field that leads to an operation: Location, Content-Location, Refresh, and each target of Link", () => {
  const sealed = { rewriteLink: (link: string) => link.replaceAll("a-1", "HANDLE") };
  const { headers } = readAnswerFields(
    [
      "Location",
      "/v1/accounts/a-1",
      "content-location",
      "/v1/accounts/a-1",
      "Link",
      '</v1/accounts/a-1/payments?cursor=2>; rel="next"; title="a-1", <https://elsewhere.example/a-1>; rel=help',
      "Refresh",
      "5; url='/v1/accounts/a-1'",
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
    "Refresh",
    "5; url='/v1/accounts/HANDLE'",
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
    asTheyAre,
  );
  assert.deepEqual(headers, ["ETag", '"1"']);
});

const afterDisagreement: Readonly<Record<Disagreement, readonly string[]>> = {
  first: ["1"],
  none: [],
  joined: ["1, 2, 3"],
};

test("a field that may stand once leaves once, and as its row says where its values disagree", () => {
  for (const [name, disagreement] of singleFields) {
    const upper = name.toUpperCase();
    const values = ({ headers }: { readonly headers: readonly string[] }): string[] =>
      headers.filter((_, index) => index % 2 === 1);
    assert.deepEqual(values(read(name, "1", upper, "1", name, " 1 ")), ["1"], name);
    const disagreeing = read(name, "1", "Other", "o", upper, "2", name, "3");
    const expected = afterDisagreement[disagreement];
    assert.deepEqual(
      values(disagreeing).filter((value) => value !== "o"),
      expected,
      name,
    );
    assert.equal(disagreeing.mended === undefined, disagreement === "joined", name);
    const alone = read(name, "1");
    assert.equal(alone.mended, undefined, name);
    assert.deepEqual(alone.headers, [name, "1"]);
  }
});

test("single fields that share a bit are told apart, and lists leave line by line", () => {
  const all = [...singleFields.keys()].flatMap((name) => [name, name]);
  assert.deepEqual(read(...all).headers, all);
  const cookies = ["Set-Cookie", "a=1", "Set-Cookie", "b=2", "Link", "</a>", "Link", "</b>"];
  assert.deepEqual(read(...cookies).headers, cookies);
});

test("what no door could send is taken out, and said", () => {
  for (const [name, value] of [
    ["X y", "a"],
    ["", "a"],
    [":status", "200"],
    ["X:y", "a"],
    ["X", "a\u0000b"],
    ["X", "a\r\nSet-Cookie: b"],
    ["X", "a\u0001"],
    ["X", "a\u007f"],
    ["X", "\u2026"],
    ["Content-Type", "text/html\n"],
  ] as const) {
    const got = read(name, value, "Y", "b");
    assert.deepEqual(got.headers, ["Y", "b"], JSON.stringify([name, value]));
    assert.equal(got.mended?.length, 1);
    assert.equal(got.contentType, undefined);
  }
  assert.deepEqual(read("X", "a\tb \u00ff").headers, ["X", "a\tb \u00ff"]);
});

test("an answer of which length, coding or number of fields has no one reading is malformed", () => {
  for (const fields of [
    ["Content-Length", "1", "Content-Length", "2"],
    ["Content-Length", "-1"],
    ["Content-Length", "1, 1"],
    ["Transfer-Encoding", "gzip, chunked"],
    Array.from({ length: mostAnswerFields + 1 }, (_, index) => [`X-${index}`, "a"]).flat(),
  ])
    assert.notEqual(read(...fields).malformed, undefined, fields.slice(0, 4).join());
  for (const fields of [
    ["Content-Length", "1", "Content-Length", "1"],
    ["Transfer-Encoding", "chunked"],
    Array.from({ length: mostAnswerFields }, (_, index) => [`X-${index}`, "a"]).flat(),
  ])
    assert.equal(read(...fields).malformed, undefined, fields.slice(0, 4).join());
});

test("behind the body leave only fields that need not be judged before it", () => {
  assert.deepEqual(
    readTrailers(
      ["X-Sum", "a", "x-sum", "b", "Content-Type", "c", "Location", "/d", "Connection", "e"],
      rules,
    ),
    { "x-sum": "a, b" },
  );
  assert.equal(readTrailers(["Location", "/d"], rules), undefined);
});

test("a link to the backend becomes one to the API, in every spelling of its address", () => {
  const targets = [
    "http://backend:4000",
    "https://[fd00::7]",
    "unix:/run/x",
    "http://127.0.0.1:80",
  ];
  const named = compileOwnLinks(targets, "https://api.example");
  const unnamed = compileOwnLinks(targets, undefined);
  for (const own of [
    "http://backend:4000/a?b#c",
    "HTTP://BACKEND:4000/a?b#c",
    "https://backend:4000/a?b#c",
    "http://backend/a?b#c",
    "//backend:4000/a?b#c",
    "\\\\backend:4000\\a?b#c",
    "/\\backend:4000/a?b#c",
    "/\t/backend:4000/a?b#c",
    "http:/\t/backend.:4000/a?b#c",
    "http://user:word@backend:4000/a?b#c",
    "https://[FD00:0::7]/a?b#c",
    "http://localhost/a?b#c",
    "http://2130706433:80/a?b#c",
  ]) {
    assert.equal(named(own), "https://api.example/a?b#c", own);
    assert.equal(unnamed(own), "/a?b#c", own);
  }
  for (const other of [
    "/a?u=http://backend:4000/",
    "a/b",
    "?page=2",
    "",
    "https://backend.example/a",
    "http://backend:4001/a",
    "http://127.0.0.1:51004/callback",
    "https://127.0.0.1/callback",
    "myapp://backend:4000/a",
    "mailto:a@backend",
    "http://[",
  ])
    assert.equal(named(other), other);
  assert.equal(unnamed("http://backend:4000//evil.example/a"), "/.//evil.example/a");
  assert.equal(unnamed("http://backend:4000/\\evil.example/a"), "/.//evil.example/a");
});
