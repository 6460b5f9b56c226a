import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type FieldGate, headOf, type RawFields, startFieldGate, valuesOf } from "./field-gate.ts";

let fields: FieldGate;
before(async () => {
  fields = await startFieldGate();
});
after(() => fields.close());

const forged = "forged-by-the-caller";

const inUnderscores = (name: string): string => name.replaceAll("-", "_");
const inDots = (name: string): string => name.replaceAll("-", ".");
const inAnotherSign = (name: string): string => name.replaceAll("-", "~");

/** The gate's own facts, with a value that passes where it is sent alone. */
const facts: Readonly<Record<string, string>> = {
  "Content-Type": "text/plain",
  "Content-Encoding": "identity",
  "Accept-Encoding": "gzip",
  "If-None-Match": '"a"',
  "Idempotency-Key": "k",
  "Content-Location": "/x",
  "Transfer-Encoding": "chunked",
  "Content-Length": "0",
};

test("a field that the gate reads has one spelling: two are refused, a lone other one is left behind", async () => {
  for (const [name, value] of Object.entries(facts))
    for (const spell of [inUnderscores, inDots, inAnotherSign]) {
      const other = spell(name);
      // The body of a chunked request ends.
      const end = name === "Transfer-Encoding" ? "0\r\n\r\n" : "";
      const sent = (list: RawFields): string => headOf("POST /post", list) + end;
      assert.equal(
        (await fields.send(sent([name, value, other, "second"]))).code,
        "header-malformed",
        `${name} and ${other}`,
      );
      assert.equal(fields.received().length, 0, other);
      assert.equal((await fields.send(headOf("POST /post", [other, forged]))).status, 200, other);
      assert.equal(fields.received().flat().includes(forged), false, other);
    }
});

/** Other spellings of X-Account-Id. */
const others = ["X_Account_Id", "X.Account.Id", "x_account-id", "X-Account.ID", "X~Account~Id"];

test("an owner in a header field has one spelling, and Connection cannot take it away", async () => {
  const { subject, token } = fields;
  const authorization = ["Authorization", `Bearer ${token}`];
  const mine = ["X-Account-Id", subject];
  assert.equal((await fields.get("/owned", [...authorization, ...mine])).status, 200);
  assert.deepEqual(
    fields.received().map((one) => valuesOf(one, "x-account-id")),
    [[subject]],
  );
  for (const other of others)
    for (const both of [
      [...mine, other, "victim"],
      [other, "victim", ...mine],
    ]) {
      assert.equal(
        (await fields.get("/owned", [...authorization, ...both])).code,
        "header-malformed",
        other,
      );
      assert.equal(fields.received().length, 0, other);
    }
  for (const other of others) {
    assert.notEqual((await fields.get("/owned", [...authorization, other, "victim"])).status, 200);
    assert.equal(fields.received().length, 0);
  }
  for (const option of ["X-Account-Id", "x-account-id", "close, X_Account_Id", "Authorization"]) {
    const { code } = await fields.get("/owned", [...authorization, ...mine, "Connection", option]);
    assert.equal(code, "header-malformed", option);
    assert.equal(fields.received().length, 0, option);
  }
});

test("a declared header parameter goes on in its declared spelling alone, dashed or not", async () => {
  const cases = [
    ["/declared", "X-Account-Id", others],
    ["/underscored", "X_Account_Id", ["X-Account-Id", "X.Account.Id", "x-account_id"]],
  ] as const;
  for (const [path, declared, alike] of cases) {
    for (const spelling of [declared, declared.toLowerCase(), declared.toUpperCase()]) {
      assert.equal((await fields.get(path, [spelling, "a-1"])).status, 200, spelling);
      assert.deepEqual(
        fields.received().map((one) => valuesOf(one, "x-account-id")),
        [["a-1"]],
        spelling,
      );
    }
    for (const other of alike) {
      const both = await fields.get(path, [declared, "a-1", other, forged]);
      assert.equal(both.code, "header-malformed", `${path} ${other}`);
      assert.equal(fields.received().length, 0);
      assert.equal((await fields.get(path, [other, forged])).status, 200);
      assert.deepEqual(
        fields.received().map((one) => valuesOf(one, "x-account-id")),
        [[]],
        `${path} ${other}`,
      );
    }
  }
});

test("of spellings that nothing reads one goes on, and letter case is no second spelling", async () => {
  const values = async (list: RawFields): Promise<string[][]> => {
    assert.equal((await fields.get("/plain", list)).status, 200);
    return fields.received().map((one) => valuesOf(one, "x-theme"));
  };
  assert.deepEqual(await values(["X_Theme", "odd"]), [["odd"]]);
  assert.deepEqual(await values(["X_Theme", "odd", "X-Theme", "plain"]), [["plain"]]);
  assert.deepEqual(await values(["X-Theme", "plain", "X.Theme", "odd"]), [["plain"]]);
  assert.deepEqual(await values(["X_Theme", "first", "X.Theme", "second"]), [["first"]]);
  assert.deepEqual(await values(["X-Theme", "a", "x-theme", "b"]), [["a", "b"]]);
  assert.deepEqual(await values(["X_Theme", "a", "x_theme", "b"]), [["a", "b"]]);
});

test("fields that Connection names end here, and it names none that the gate relies on", async () => {
  assert.equal(
    (
      await fields.get("/plain", [
        "X-Hop",
        "1",
        "X_Hop",
        "2",
        "X-End",
        "3",
        "Connection",
        "close, X-Hop",
      ])
    ).status,
    200,
  );
  const [seen = []] = fields.received();
  assert.deepEqual([valuesOf(seen, "x-hop"), valuesOf(seen, "x-end")], [[], ["3"]]);
  for (const name of [
    ...Object.keys(facts),
    "Host",
    "Cookie",
    "DPoP",
    "Origin",
    "Authorization",
    "Portcullis-App",
    "X-Forwarded-For",
    "X-Forwarded-Proto",
    "Sec-WebSocket-Key",
  ]) {
    const { code } = await fields.get("/plain", ["Connection", `close, ${name}`]);
    assert.equal(code, "header-malformed", name);
  }
  assert.equal(fields.received().length, 0);
});

test("a Transfer-Encoding that is not chunked alone is refused", async () => {
  for (const coding of [
    "gzip, chunked",
    "chunked, chunked",
    "identity, chunked",
    "x, chunked",
    "gzip,chunked",
  ]) {
    const { status, code } = await fields.send(
      `${headOf("POST /post", ["Transfer-Encoding", coding])}0\r\n\r\n`,
    );
    assert.ok(status === 400 && code === "framing-ambiguous", `${coding}: ${status} ${code}`);
  }
  assert.equal(fields.received().length, 0);
  for (const coding of ["chunked", "Chunked", " chunked "])
    assert.equal(
      (await fields.send(`${headOf("POST /post", ["Transfer-Encoding", coding])}0\r\n\r\n`)).status,
      200,
    );
});
