import assert from "node:assert/strict";
import { test } from "node:test";
import { forwarded, gateFor } from "./dialect-gate.ts";

/** How a POST asks for another method in its query or body. */
const overrides: readonly (readonly [target: string, type: string, body: string])[] = [
  ["/users/7", "application/x-www-form-urlencoded", "_method=DELETE"],
  ["/users/7", "application/x-www-form-urlencoded", "note=a&_method=delete"],
  ["/users/7", "application/x-www-form-urlencoded", "%5fmethod=DELETE"],
  ["/users/7", "application/x-www-form-urlencoded", ".method=DELETE"],
  ["/users/7", "application/x-www-form-urlencoded", "+_method=PUT"],
  ["/users/7", "application/x-www-form-urlencoded", "%5Bmethod=PUT"],
  ["/users/7", "application/x-www-form-urlencoded", "_METHOD=PATCH"],
  ["/users/7", "application/json", '{"_method":"DELETE"}'],
  ["/users/7", "application/json", '{"\\u005fmethod":"put"}'],
  [
    "/users/7",
    "multipart/form-data; boundary=b",
    '--b\r\nContent-Disposition: form-data; name="_method"\r\n\r\nDELETE\r\n--b--\r\n',
  ],
  ["/users/7", "application/vnd.other+x-www-form-urlencoded", "_method=DELETE"],
  ["/users/7?_method=DELETE", "text/plain", "x"],
  ["/users/7?%5Fmethod=delete", "text/plain", "x"],
];

test("a POST that asks for another method in its query or body is refused, also where request is only observed", async () => {
  for (const mode of [
    "enforce",
    "{ default: enforce, request: observe }",
    "{ default: enforce, request: off }",
  ]) {
    const ask = await gateFor("", mode);
    for (const [target, type, body] of overrides) {
      const got = await ask("ann", "POST", target, body, ["Content-Type", type]);
      assert.equal(got.code, "method-ambiguous", `${mode} ${target} ${body}`);
    }
  }
});

test("what only looks like another method passes: a means of payment, the request's own method, another field", async () => {
  const ask = await gateFor();
  for (const body of [
    "_method=card",
    "_method=POST",
    "method=DELETE",
    "note=_method%3DDELETE",
    "payment_method=delete",
  ])
    assert.equal(
      (
        await ask("ann", "POST", "/users/7", body, [
          "Content-Type",
          "application/x-www-form-urlencoded",
        ])
      ).code,
      undefined,
      body,
    );
});

test("a dialect without overrides takes such a field for what it is", async () => {
  for (const dialect of ["fastify", "django", "flask", "go", "nginx", "strict"]) {
    const ask = await gateFor(`, dialect: ${dialect}`);
    const got = await ask("ann", "POST", "/users/7", "_method=DELETE", [
      "Content-Type",
      "application/x-www-form-urlencoded",
    ]);
    assert.equal(got.code, undefined, dialect);
  }
});

/** Each place in which a policy may say that methods are tunnelled, and a POST that does so. */
const tunnels: readonly (readonly [
  from: string,
  target: string,
  fields: readonly string[],
  body: string | undefined,
])[] = [
  ["query._method", "/users/7?_method=METHOD", [], undefined],
  ["header.X-HTTP-Method-Override", "/users/7", ["X-HTTP-Method-Override", "METHOD"], undefined],
  [
    "body._method",
    "/users/7",
    ["Content-Type", "application/x-www-form-urlencoded"],
    "_method=METHOD",
  ],
  ["body._method", "/users/7", ["Content-Type", "application/json"], '{"_method":"METHOD"}'],
];

test("a POST that stands for another method, as the policy says, is routed and judged as that, and leaves as it came", async () => {
  for (const [from, target, fields, body] of tunnels) {
    const ask = await gateFor(`, dialect: rails, methodFrom: ${from}`);
    const send = (method: string) =>
      ask(
        "ann",
        "POST",
        target.replace("METHOD", method),
        body?.replace("METHOD", method),
        fields.map((one) => one.replace("METHOD", method)),
      );
    // The rule of deleteUser: who is not of the support may not.
    assert.equal((await send("DELETE")).code, "role-insufficient", from);
    assert.equal((await send("delete")).code, "role-insufficient", from);
    assert.equal((await send("PATCH")).code, "method-not-allowed", from);
    assert.equal((await send("TRACE")).code, "method-ambiguous", from);
    const put = await send("PUT");
    if (fields[1] === "application/x-www-form-urlencoded") continue;
    assert.equal(put.code, undefined, from);
    assert.equal(forwarded?.method, "POST");
    assert.equal(forwarded?.target, target.replace("METHOD", "PUT"));
    assert.equal(forwarded?.body, body?.replace("METHOD", "PUT") ?? "");
    const at = forwarded?.headers.findIndex((one) => /^x-http-method-override$/i.test(one)) ?? -1;
    assert.equal(
      forwarded?.headers[at + 1] === "PUT" && at !== -1,
      from.startsWith("header"),
      from,
    );
  }
});

test("a body is judged without the method that it named, and reaches the backend with it", async () => {
  const ask = await gateFor(", methodFrom: body._method");
  const type = ["Content-Type", "application/json"];
  const put = await ask("ann", "POST", "/users/7", '{"a":1.50,"_method":"PUT","b":[2]}', type);
  assert.equal(put.code, undefined);
  assert.deepEqual(JSON.parse(forwarded?.body ?? ""), { _method: "PUT", a: 1.5, b: [2] });
  const plain = await ask("ann", "POST", "/users/7", '{"a":1}', type);
  assert.equal(plain.code, undefined);
  assert.equal(forwarded?.body, '{"a":1}');
});

test("a method that is named twice, or beside the place that was said, is refused", async () => {
  const form = ["Content-Type", "application/x-www-form-urlencoded"];
  const byBody = await gateFor(", methodFrom: body._method");
  for (const body of [
    "_method=PUT&_method=DELETE",
    "_method=PUT&_METHOD=DELETE",
    "_method=PUT&.method=DELETE",
  ])
    assert.equal(
      (await byBody("ann", "POST", "/users/7", body, form)).code,
      "method-ambiguous",
      body,
    );
  assert.equal(
    (await byBody("ann", "POST", "/users/7?_method=DELETE", "_method=PUT", form)).code,
    "method-ambiguous",
  );
  const byQuery = await gateFor(", methodFrom: query._method");
  assert.equal(
    (await byQuery("ann", "POST", "/users/7?_method=PUT&_method=DELETE")).code,
    "method-ambiguous",
  );
  assert.equal(
    (await byQuery("ann", "POST", "/users/7?_method=PUT", { _method: "DELETE" })).code,
    "method-ambiguous",
  );
  const byField = await gateFor(", methodFrom: header.X-HTTP-Method-Override");
  const twice = ["X-HTTP-Method-Override", "PUT", "x-http-method-override", "DELETE"];
  assert.notEqual((await byField("ann", "POST", "/users/7", undefined, twice)).code, undefined);
});
