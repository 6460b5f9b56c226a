import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { type FieldGate, type RawFields, startFieldGate, valuesOf } from "./field-gate.ts";

async function gateWith(context: TestContext, policy: string): Promise<FieldGate> {
  const gate = await startFieldGate(policy);
  context.after(() => gate.close());
  return gate;
}

const overTls: RawFields = ["X-Forwarded-Proto", "https"];
const inTheClear: RawFields = ["X-Forwarded-Proto", "http"];

/** What the backend was told of the way from the caller. */
const told = (gate: FieldGate): (string | undefined)[] =>
  gate.received().map((one) => valuesOf(one, "x-forwarded-proto").join(" and "));

test("a proxy that ends TLS says what the backend is told, and what came in the clear is refused, counted and not strict", async (context) => {
  const gate = await gateWith(context, "trustedProxies: [127.0.0.0/8]");
  const encrypted = await gate.get("/plain", overTls);
  assert.deepEqual(
    [encrypted.status, encrypted.fields.get("strict-transport-security"), told(gate)],
    [200, "max-age=31536000", ["https"]],
  );
  const refusals = [
    ["http"],
    ["HTTP"],
    ["ws"],
    ["http, https"],
    ["https, http"],
    ["something"],
  ] as const;
  for (const [said] of refusals) {
    const { code, fields, status } = await gate.get("/plain", ["X-Forwarded-Proto", said]);
    assert.deepEqual([status, code], [403, "cleartext-refused"], said);
    assert.equal(fields.get("strict-transport-security"), undefined, said);
  }
  assert.deepEqual(told(gate), []);
  // Records are told in batches.
  await until(async () =>
    new RegExp(`portcullis_cleartext_requests_total ${refusals.length}\\n`).test(
      await gate.metrics(),
    ),
  );
  for (const said of ["https", "HTTPS", "https, https", "wss"])
    assert.equal((await gate.get("/plain", ["X-Forwarded-Proto", said])).status, 200, said);
  assert.deepEqual(told(gate), ["https", "https", "https", "https"]);
  // A refusal to who came encrypted is an answer like any other.
  const unknown = await gate.get("/nothing", overTls);
  assert.equal(unknown.fields.get("strict-transport-security"), "max-age=31536000");
  // A health check of the proxy's own says nothing of a caller.
  const silent = await gate.get("/plain");
  assert.deepEqual(
    [silent.status, silent.fields.get("strict-transport-security"), told(gate)],
    [200, undefined, ["http"]],
  );
});

test("from a peer that is no trusted proxy nothing of it is believed", async (context) => {
  const gate = await gateWith(
    context,
    "trustedProxies: [10.0.0.1]\nheaders: { accept: [X-Forwarded-Prefix] }",
  );
  for (const fields of [overTls, inTheClear, ["X-Forwarded-Prefix", "/forged"]]) {
    const { fields: answered, status } = await gate.get("/plain", fields);
    assert.deepEqual([status, answered.get("strict-transport-security")], [200, undefined]);
    const [seen = []] = gate.received();
    assert.deepEqual(valuesOf(seen, "x-forwarded-proto"), ["http"]);
    assert.deepEqual(valuesOf(seen, "x-forwarded-prefix"), []);
  }
});

test("an API that is public in the clear is served in the clear, and what HSTS says can be said", async (context) => {
  const gate = await gateWith(
    context,
    [
      "trustedProxies: [127.0.0.1]",
      "publicUrl: http://api.example",
      "hosts: [gate, localhost, 127.0.0.1]",
      "listen: { host: 127.0.0.1, port: 0, threads: 1, tls: off, hsts: { maxAge: 30d, preload: true } }",
    ].join("\n"),
  );
  assert.equal((await gate.get("/plain", inTheClear)).status, 200);
  assert.deepEqual(told(gate), ["http"]);
  const { fields } = await gate.get("/plain", overTls);
  assert.equal(fields.get("strict-transport-security"), "max-age=2592000; preload");
});

test("fields that a trusted proxy says pass by name, once and in one spelling", async (context) => {
  const gate = await gateWith(
    context,
    "trustedProxies: [127.0.0.1]\nheaders: { accept: [X-Forwarded-Prefix, X-Auth-Request-User] }",
  );
  const said = ["X-Forwarded-Prefix", "/app", "x-auth-request-user", "ann"];
  assert.equal((await gate.get("/plain", [...said, "X-Auth-Request-Email", "e"])).status, 200);
  const [seen = []] = gate.received();
  assert.deepEqual(valuesOf(seen, "x-forwarded-prefix"), ["/app"]);
  assert.deepEqual(valuesOf(seen, "x-auth-request-user"), ["ann"]);
  assert.deepEqual(valuesOf(seen, "x-auth-request-email"), []);
  // A proxy that adds its own field behind the caller's leaves two: nobody knows which is whose.
  for (const second of ["X-Auth-Request-User", "X_Auth_Request_User", "X-Auth.Request-User"])
    assert.equal((await gate.get("/plain", [...said, second, "eve"])).code, "header-malformed");
  assert.equal((await gate.get("/plain", ["X_Auth_Request_User", "eve"])).status, 200);
  assert.deepEqual(
    gate.received().map((one) => valuesOf(one, "x-auth-request-user")),
    [[]],
  );
  assert.equal(
    (await gate.get("/plain", [...said, "Connection", "close, X-Auth-Request-User"])).code,
    "header-malformed",
  );
});

test("every spelling of an address counts in one bucket, and the backend is told one", async (context) => {
  const gate = await gateWith(context, "trustedProxies: [127.0.0.1]");
  const spellings = [
    "9.9.9.9",
    "9.9.9.9:1234",
    "9.9.9.9:1235",
    "::ffff:9.9.9.9",
    "::FFFF:0909:0909",
    "[::ffff:0909:0909]:80",
    "0:0:0:0:0:ffff:909:909",
  ];
  for (const spelling of spellings)
    assert.equal((await gate.get("/plain", ["X-Forwarded-For", spelling])).status, 200);
  assert.deepEqual(
    gate.received().flatMap((one) => valuesOf(one, "x-forwarded-for")),
    spellings.map(() => "9.9.9.9"),
  );
  const statuses = [];
  for (const spelling of spellings)
    statuses.push((await gate.get("/limited", ["X-Forwarded-For", spelling])).status);
  assert.deepEqual(statuses, [200, 200, 200, 429, 429, 429, 429]);
});

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.fail("it never held");
}
