import assert from "node:assert/strict";
import { test } from "node:test";
import { multipart, named, part, type Sent, writingGate } from "./writing-gate.ts";

/** What is passed on is written from what was judged: one spelling for whatever was sent. */

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
  ["q=a&", "q=a"],
  ["&q=a&&page=1&", "q=a&page=1"],
  ["q=YQ==", "q=YQ%3D%3D"],
  ["q=%F0%9F%98%80", "q=%F0%9F%98%80"],
];

test("a query goes on in one spelling, whatever it was sent in", async () => {
  const { send } = await writingGate();
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
    "q=a&&=",
    "q=a&q",
  ])
    assert.equal(await send("GET", `/search?${refused}`), "request-invalid", refused);
});

test("a whole number in a path or a declared header field goes on in digits", async () => {
  const { send } = await writingGate();
  assert.equal(((await send("GET", "/items/1e2")) as Sent).target, "/items/100");
  assert.equal(((await send("GET", "/items/7.0")) as Sent).target, "/items/7");
  assert.equal(await send("GET", "/items/7.00000000000000000001"), "request-invalid");
  const counted = (await send("GET", "/search", undefined, ["X-Count", "1e1"])) as Sent;
  assert.equal(counted.count, "10");
});

const form = "application/x-www-form-urlencoded";
test("a form goes on in one spelling, and in one charset", async () => {
  const { send } = await writingGate();
  const rows: readonly (readonly [string, string])[] = [
    ["role=user&note=a+b", "role=user&note=a+b"],
    ["rol%65=us%65r", "role=user"],
    ["note", "note="],
    ["note=a=b", "note=a%3Db"],
    ["count=1e2&note=x", "count=100&note=x"],
    ["count=1&note=YQ%3D%3D&", "count=1&note=YQ%3D%3D"],
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

const json = ["Content-Type", "application/json"];
test("a number of JSON is what was judged: whole numbers in digits, and none beyond what a check can judge", async () => {
  const { send } = await writingGate();
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

test("names of the prototype are names, and a body of nothing but odd numbers is refused", async () => {
  const { send } = await writingGate();
  const own = '{"note":"x","count":1e2}';
  const prototype = (await send("POST", "/batches", `{"__proto__":{"count":1e2}}`, json)) as Sent;
  assert.equal(prototype.body, '{"__proto__":{"count":100}}');
  assert.equal(
    ((await send("POST", "/forms", own, json)) as Sent).body,
    '{"note":"x","count":100}',
  );
  const many = `{"list":[${Array.from({ length: 1001 }, () => "1e2").join(",")}]}`;
  assert.equal(await send("POST", "/batches", many, json), "body-ambiguous");
  const ids = `{"list":[${Array.from({ length: 1001 }, () => "9007199254740993").join(",")}]}`;
  assert.equal(((await send("POST", "/batches", ids, json)) as Sent).body, ids);
});

test("text in another charset is refused", async () => {
  const { send } = await writingGate();
  assert.equal(
    await send("POST", "/forms", "x", ["Content-Type", "text/plain; charset=utf-16"]),
    "media-type-unsupported",
  );
});

test("what is signed goes on byte for byte, and a second spelling of it is refused", async () => {
  const { send } = await writingGate();
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
  const heads = [
    ["/search?q=a+b"],
    ["/items/1e2"],
    ["/search", "X-Count", "1e1"],
    ["/search", "Cookie", 'plan="free"'],
  ] as const;
  for (const field of ["Content-Digest", "Repr-Digest", "digest", "Content-MD5"]) {
    assert.equal(await send("POST", "/forms", odd, [...json, field, "x"]), "spelling-ambiguous");
    // A digest says nothing of the head, which is written all the same.
    for (const [target, ...fields] of heads)
      assert.notEqual(
        typeof (await send("GET", target, undefined, [...fields, field, "x"])),
        "string",
      );
    const count = (await send("GET", "/search", undefined, ["X-Count", "1e1", field, "x"])) as Sent;
    assert.equal(count.count, "10");
  }
  for (const field of ["Signature-Input", "signature"]) {
    assert.equal(await send("POST", "/forms", odd, [...json, field, "x"]), "spelling-ambiguous");
    for (const [target, ...fields] of heads)
      assert.equal(
        await send("GET", target, undefined, [...fields, field, "x"]),
        "spelling-ambiguous",
        `${field} ${target} ${fields.join(": ")}`,
      );
    const plain = (await send("GET", "/search?q=a", undefined, [field, "x"])) as Sent;
    assert.equal(plain.target, "/search?q=a");
  }
});

test("what has no one reading passes as it was sent where the contract is only observed", async () => {
  const { send } = await writingGate("observe");
  assert.equal(((await send("GET", "/search?q=a&&x=%ZZ")) as Sent).target, "/search?q=a&&x=%ZZ");
  assert.equal(((await send("GET", "/search?q=a+b")) as Sent).target, "/search?q=a%20b");
  const malformed = '{"count":1,"count":2}';
  assert.equal(((await send("POST", "/forms", malformed, json)) as Sent).body, malformed);
  assert.equal(
    ((await send("POST", "/hooks", '{"count":1e2}', json)) as Sent).body,
    '{"count":1e2}',
  );
});

test("a cookie must fit the document as it stands and as programs decode it", async () => {
  const { send } = await writingGate();
  const outcome = async (cookie: string): Promise<string> => {
    const got = await send("GET", "/search", undefined, ["Cookie", cookie]);
    return typeof got === "string" ? got : "passed";
  };
  for (const fits of ["plan=free", "plan=s%3Aabc", 'plan="free"', "plan=100%"])
    assert.equal(await outcome(fits), "passed", fits);
  for (const unfit of ["plan=a-b", "plan=a%2Db", 'plan="a-b"', "plan=a; plan=b", 'plan="a\\"b"'])
    assert.equal(await outcome(unfit), "request-invalid", unfit);
});

test("cookies go on as they were read, and in no other spelling of a declared one", async () => {
  const { send } = await writingGate();
  const rows: readonly (readonly [sent: string, written: string])[] = [
    ["a=1; plan=free", "a=1; plan=free"],
    ['plan="free"', "plan=free"],
    ["plan =free;a=b=c", "plan=free; a=b=c"],
    ["plan=free; plan; bare", "plan=free"],
    ["Plan=x; plan[]=y; plan=free", "plan=free"],
    ['a="; plan=free; b="', "plan=free"],
    ['a="x"; plan=free', 'a="x"; plan=free'],
    ["a=1,plan=x; b={1,2}; plan=free", "b={1,2}; plan=free"],
    ["$Version=1; plan=s%3Aabc", "plan=s%3Aabc"],
  ];
  for (const [sent, written] of rows) {
    const got = (await send("GET", "/search", undefined, ["Cookie", sent])) as Sent;
    assert.equal(got.cookie, written, sent);
  }
  const crumbs = ["Cookie", "a=1", "Cookie", "plan=free", "Cookie", "b=2"];
  const got = (await send("GET", "/search", undefined, crumbs)) as Sent;
  assert.equal(got.cookie, "a=1; plan=free; b=2", "fields of HTTP/2 are one");
});
