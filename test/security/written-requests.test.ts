import assert from "node:assert/strict";
import { test } from "node:test";
import type { Upstream } from "@portcullis/guard/upstream";
import { plannedJourney } from "./planned-journey.ts";

/** What is passed on is written from what was judged: one spelling for whatever was sent. */

const document = `openapi: 3.1.0
info: { title: Writing, version: "1" }
security: [{ token: [] }]
paths:
  /search:
    get:
      operationId: search
      parameters:
        - { name: q, in: query, schema: { type: string } }
        - { name: page, in: query, schema: { type: integer } }
        - { name: ids, in: query, explode: false, schema: { type: array, items: { type: string } } }
        - { name: X-Count, in: header, schema: { type: integer } }
      responses: { "200": { description: ok } }
  /items/{number}:
    get:
      operationId: getItem
      parameters: [{ name: number, in: path, required: true, schema: { type: integer } }]
      responses: { "200": { description: ok } }
  /forms:
    post:
      operationId: sendForm
      requestBody:
        content:
          application/x-www-form-urlencoded: { schema: { $ref: "#/components/schemas/Fields" } }
          multipart/form-data: { schema: { $ref: "#/components/schemas/Fields" } }
          application/json: { schema: { $ref: "#/components/schemas/Fields" } }
          text/plain: { schema: { type: string } }
          application/octet-stream: {}
      responses: { "200": { description: ok } }
  /hooks:
    post:
      operationId: hook
      parameters: [{ name: q, in: query, schema: { type: string } }]
      requestBody:
        content:
          application/json: { schema: { $ref: "#/components/schemas/Fields" } }
          multipart/form-data: { schema: { $ref: "#/components/schemas/Fields" } }
      responses: { "200": { description: ok } }
components:
  securitySchemes: { token: { type: http, scheme: bearer } }
  schemas:
    Fields:
      type: object
      properties:
        role: { type: string }
        count: { type: integer }
        amount: { type: number, maximum: 100 }
        free: { type: number }
        large: { type: integer, maximum: 9223372036854775807 }
        file: { type: string, format: binary }
        note: { type: string }
`;
const policy = (mode = "enforce"): string => `portcullis: 1
mode: ${mode}
apis: [{ openapi: ./openapi.yaml, upstream: "http://127.0.0.1:9" }]
identity: { issuer: https://login.example, audience: x }
operations:
  - { match: "*", owner: none }
  - { match: hook, body: asSent }
`;

interface Sent {
  readonly target: string;
  readonly type: string | undefined;
  readonly count: string | undefined;
  readonly body: string;
}

async function gate(mode?: string): Promise<{
  readonly send: (
    method: string,
    target: string,
    body?: string | Buffer,
    headers?: readonly string[],
  ) => Promise<Sent | string>;
}> {
  let seen: Sent | undefined;
  const backend: Upstream = {
    forward({ body, headers, target }, receiver) {
      const field = (name: string): string | undefined =>
        headers.find((_, at) => at % 2 === 1 && headers[at - 1]?.toLowerCase() === name);
      seen = {
        target,
        type: field("content-type"),
        count: field("x-count"),
        body: Buffer.isBuffer(body) ? body.toString("latin1") : "",
      };
      setImmediate(() => {
        receiver.onHead(200, []);
        receiver.onEnd([]);
      });
      return { resume: () => undefined, abort: () => undefined };
    },
  };
  const ask = await plannedJourney({ document, policy: policy(mode), backend });
  return {
    async send(method, target, body, headers = []) {
      seen = undefined;
      const { code } = await ask("ann", method, target, body, headers);
      return seen ?? code ?? "nothing";
    },
  };
}

const queries: readonly (readonly [sent: string, written: string])[] = [
  ["q=a&page=1", "q=a&page=1"],
  ["q=a+b", "q=a%20b"],
  ["q=a%2bb", "q=a%2Bb"],
  ["q=%61%2Fb", "q=a%2Fb"],
  ["q=a=b]=c", "q=a%3Db]%3Dc"],
  ["q", "q="],
  ["%71=a", "q=a"],
  ["page=1e2", "page=100"],
  ["page=7.0", "page=7"],
  ["page=-0", "page=0"],
  ["ids=a%2Cb,c", "ids=a,b,c"],
  ["ids=a%2fb", "ids=a%2Fb"],
  ["q=%C3%A9", "q=%C3%A9"],
  ['q="<>"', "q=%22%3C%3E%22"],
];

test("a query goes on in one spelling, whatever it was sent in", async () => {
  const { send } = await gate();
  for (const [sent, written] of queries) {
    const got = await send("GET", `/search?${sent}`);
    assert.equal((got as Sent).target, `/search?${written}`, sent);
  }
  for (const refused of [
    "page=7.00000000000000000001",
    "page=0x7",
    "page=07",
    "q=%C3",
    "q=a;b",
    "q=a&&q",
  ])
    assert.equal(await send("GET", `/search?${refused}`), "request-invalid", refused);
});

test("a whole number in a path or a declared header field goes on in digits", async () => {
  const { send } = await gate();
  assert.equal(((await send("GET", "/items/1e2")) as Sent).target, "/items/100");
  assert.equal(((await send("GET", "/items/7.0")) as Sent).target, "/items/7");
  assert.equal(await send("GET", "/items/7.00000000000000000001"), "request-invalid");
  const counted = (await send("GET", "/search", undefined, ["X-Count", "1e1"])) as Sent;
  assert.equal(counted.count, "10");
});

const form = "application/x-www-form-urlencoded";
test("a form goes on in one spelling, and in one charset", async () => {
  const { send } = await gate();
  const rows: readonly (readonly [string, string])[] = [
    ["role=user&note=a+b", "role=user&note=a+b"],
    ["rol%65=us%65r", "role=user"],
    ["note", "note="],
    ["note=a=b", "note=a%3Db"],
    ["count=1e2&note=x", "count=100&note=x"],
  ];
  for (const [sent, written] of rows)
    assert.deepEqual(await send("POST", "/forms", sent, ["Content-Type", form]), {
      target: "/forms",
      type: form,
      count: undefined,
      body: written,
    });
  for (const charset of ["utf-7", "utf-16", "iso-8859-1"])
    assert.equal(
      await send("POST", "/forms", "role=user", ["Content-Type", `${form}; charset=${charset}`]),
      "media-type-unsupported",
    );
  const spelled = (await send("POST", "/forms", "role=user", [
    "Content-Type",
    `Application/X-WWW-Form-Urlencoded;CHARSET="UTF-8"`,
  ])) as Sent;
  assert.equal(spelled.type, `${form}; charset=UTF-8`);
});

const part = (fields: string, content: string): string => `${fields}\r\n\r\n${content}`;
const named = (name: string): string => `Content-Disposition: form-data; name="${name}"`;
const multipart = (boundary: string, ...parts: readonly string[]): string =>
  `${parts.map((one) => `--${boundary}\r\n${one}\r\n`).join("")}--${boundary}--\r\n`;

test("multipart has one boundary: what some program takes for another is refused, and what hides one is written anew", async () => {
  const { send } = await gate();
  const body = multipart("A", part(named("role"), "user"));
  const twins = [
    "boundary=A; boundary*=utf-8''B",
    "boundary*0=B; boundary=A",
    "xboundary=B; boundary=A",
    'boundary=A; x="boundary=B"',
    "boundary=A; charset*=utf-16''x",
    "boundary=A; xcharset=utf-16",
  ];
  for (const parameters of twins)
    assert.equal(
      await send("POST", "/forms", body, ["Content-Type", `multipart/form-data; ${parameters}`]),
      "body-ambiguous",
      parameters,
    );
  assert.deepEqual(
    await send("POST", "/forms", body, ["Content-Type", "multipart/form-data; boundary=A"]),
    {
      target: "/forms",
      type: "multipart/form-data; boundary=A",
      count: undefined,
      body,
    },
  );
  // Programs that forgive a bare line feed would find another part in the note.
  const hidden = `x\n--A\n${named("role")}\n\nadmin\n--A`;
  const rewritten: readonly string[] = [
    multipart("A", part(named("role"), "user"), part(named("note"), hidden)),
    multipart(
      "A",
      part(`content-disposition:form-data;name="role"`, "user"),
      part(named("note"), hidden),
    ),
    multipart("A", part(`${named("role")}\r\nX-Kind: other`, "user"), part(named("note"), hidden)),
  ];
  for (const sent of rewritten) {
    const got = (await send("POST", "/forms", sent, [
      "Content-Type",
      "Multipart/Form-Data; boundary=A",
    ])) as Sent;
    const [, boundary = ""] =
      /^multipart\/form-data; boundary=(portcullis-[0-9a-f]{36})$/.exec(got.type ?? "") ?? [];
    assert.ok(boundary !== "", got.type ?? "no type");
    assert.equal(
      got.body,
      multipart(boundary as string, part(named("role"), "user"), part(named("note"), hidden)),
    );
  }
  const files = multipart(
    "A",
    part(`${named("file")}; filename="a b.png"\r\nContent-Type: IMAGE/PNG`, "\x00\xff"),
    part(`${named("count")}\r\nContent-Length: 3`, "1e2"),
  );
  const got = (await send("POST", "/forms", files, [
    "Content-Type",
    "multipart/form-data; boundary=A",
  ])) as Sent;
  assert.match(got.body, /name="file"; filename="a b.png"\r\nContent-Type: image\/png\r\n\r\n/);
  assert.match(got.body, /name="count"\r\n\r\n100\r\n/);
  for (const unread of [
    part(`${named("note")}\r\nContent-Type: text/plain; charset=utf-16`, "x"),
    part(`${named("note")}\r\nContent-Type: multipart/mixed; boundary=B`, "x"),
    part(`${named("note")}\r\nContent-Disposition: form-data; name="role"`, "x"),
    part(named("note"), "\xff"),
    part(`Content-Disposition: form-data; name="note"; name="role"`, "x"),
    part(`Content-Disposition: form-data; name*=utf-8''role`, "x"),
  ])
    assert.equal(
      await send("POST", "/forms", Buffer.from(multipart("A", unread), "latin1"), [
        "Content-Type",
        "multipart/form-data; boundary=A",
      ]),
      "body-malformed",
      unread,
    );
});

const json = ["Content-Type", "application/json"];
test("a number of JSON is what was judged: whole numbers in digits, and none beyond what a check can judge", async () => {
  const { send } = await gate();
  const rows: readonly (readonly [string, string])[] = [
    ['{ "role": "user",  "count": 5 }', '{ "role": "user",  "count": 5 }'],
    ['{"count":1e2}', '{"count":100}'],
    ['{"count":7.0,"amount":1.50}', '{"count":7,"amount":1.50}'],
    ['{"amount":0.10000000000000001}', '{"amount":0.10000000000000001}'],
    ['{"free":0.123456789012345678901}', '{"free":0.123456789012345678901}'],
    ['{"large":9007199254740993}', '{"large":9007199254740993}'],
    ['{"role":"1e2 7.0","count":-0}', '{"role":"1e2 7.0","count":0}'],
  ];
  for (const [sent, written] of rows)
    assert.equal(((await send("POST", "/forms", sent, json)) as Sent).body, written, sent);
  for (const refused of [
    '{"count":7.00000000000000000001}',
    '{"amount":100.000000000000000001}',
    '{"amount":99.123456789012345678901}',
    '{"free":7.00000000000000000001}',
    '{"large":9223372036854775809}',
  ])
    assert.equal(await send("POST", "/forms", refused, json), "body-ambiguous", refused);
});

test("text in another charset is refused", async () => {
  const { send } = await gate();
  assert.equal(
    await send("POST", "/forms", "x", ["Content-Type", "text/plain; charset=utf-16"]),
    "media-type-unsupported",
  );
});

test("what is signed goes on byte for byte, and a second spelling of it is refused", async () => {
  const { send } = await gate();
  const odd = '{"count":1e2}';
  assert.equal(await send("POST", "/hooks", odd, json), "spelling-ambiguous");
  assert.equal(await send("POST", "/hooks?q=a+b", '{"count":1}', json), "spelling-ambiguous");
  assert.equal(
    ((await send("POST", "/hooks?q=a%20b", '{ "count":1}', json)) as Sent).body,
    '{ "count":1}',
  );
  const lines = multipart("A", part(`${named("role")}\r\nX-Kind: other`, "user"));
  assert.equal(
    await send("POST", "/hooks", lines, ["Content-Type", "multipart/form-data; boundary=A"]),
    "spelling-ambiguous",
  );
  for (const field of ["Content-Digest", "digest", "Content-MD5", "Signature-Input"]) {
    assert.equal(await send("POST", "/forms", odd, [...json, field, "x"]), "spelling-ambiguous");
    assert.equal(await send("GET", "/search?q=a+b", undefined, [field, "x"]), "spelling-ambiguous");
    const plain = (await send("GET", "/search?q=a", undefined, [field, "x"])) as Sent;
    assert.equal(plain.target, "/search?q=a");
  }
});

test("what has no one reading passes as it was sent where the contract is only observed", async () => {
  const { send } = await gate("observe");
  assert.equal(((await send("GET", "/search?q=a&&x=%ZZ")) as Sent).target, "/search?q=a&&x=%ZZ");
  assert.equal(((await send("GET", "/search?q=a+b")) as Sent).target, "/search?q=a%20b");
  const malformed = '{"count":1,"count":2}';
  assert.equal(((await send("POST", "/forms", malformed, json)) as Sent).body, malformed);
  assert.equal(
    ((await send("POST", "/hooks", '{"count":1e2}', json)) as Sent).body,
    '{"count":1e2}',
  );
});
