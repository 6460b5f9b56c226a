import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { type Bank, type Odd, startBank } from "./bank-of-sources.ts";

/** What the introspection endpoint says of each token. */
const worth: Readonly<Record<string, object | undefined>> = {
  good: { active: true, sub: 12, aud: ["other", "bank"], scope: "things:read" },
  other: { active: true, sub: 12, aud: "other" },
  unsaid: { active: true, sub: 12 },
  ended: { active: true, sub: 12, aud: "bank", exp: 1 },
  nobody: { active: true, aud: "bank" },
  inactive: { active: false, sub: 12, aud: "bank" },
  word: { active: "true", sub: 12, aud: "bank" },
};
let questions = 0;
const issuer = createServer((request, response) => {
  let body = "";
  request
    .on("data", (chunk: Buffer) => (body += chunk.toString()))
    .on("end", () => {
      questions += 1;
      const answer = worth[new URLSearchParams(body).get("token") ?? ""];
      response.writeHead(answer === undefined ? 500 : 200).end(JSON.stringify(answer ?? {}));
    });
}).listen(0, "127.0.0.1");

let bank: Bank;
before(async () => {
  if (!issuer.listening) await once(issuer, "listening");
  const url = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}/`;
  bank = await startBank(
    `session: { credential: { cookie: sid }, whoami: { operation: getMe, sub: /id } }
opaque: { introspect: { url: "${url}" }, audience: bank }`,
  );
});
after(() => {
  bank.close();
  issuer.closeAllConnections();
  issuer.close();
});

let sessions = 0;
const newSession = (): { Cookie: string } => ({ Cookie: `sid=s-${(sessions += 1)}` });
const body = JSON.stringify({ id: 1 });

/** What `GET /me` answers, and what becomes of a request with that session. */
const answers: readonly (readonly [string, Odd, protectedCode: string, openStatus: number])[] = [
  ["200 for nobody", { status: 200, body: "{}" }, "session-invalid", 200],
  ["null for the subject", { status: 200, body: '{"id":null}' }, "session-invalid", 200],
  ["a redirect", { status: 302, headers: { Location: "/login" } }, "session-invalid", 200],
  ["403", { status: 403, body: "{}" }, "session-invalid", 200],
  [
    "what caches may keep",
    { status: 200, headers: { "Cache-Control": "public" }, body },
    "caller-unknown",
    503,
  ],
  ["what a cache has kept", { status: 200, headers: { Age: "3" }, body }, "caller-unknown", 503],
  ["no JSON", { status: 200, body: "<html>" }, "caller-unknown", 503],
  ["a list", { status: 200, body: '"x"' }, "caller-unknown", 503],
  ["a fault", { status: 500, body: "{}" }, "caller-unknown", 503],
  ["no such path", { status: 404, body: "{}" }, "caller-unknown", 503],
  [
    "too much",
    { status: 200, body: JSON.stringify({ id: 1, x: "x".repeat(70_000) }) },
    "caller-unknown",
    503,
  ],
  ["nothing in time", { status: 200, never: true }, "caller-unknown", 503],
];

for (const [name, odd, code, openStatus] of answers)
  test(`where the backend answers who calls with ${name}, nobody is let in by mistake`, async () => {
    bank.me.answer = () => odd;
    assert.equal((await bank.ask("/things", newSession())).code, code);
    assert.equal((await bank.ask("/rates", newSession())).status, openStatus);
    bank.me.answer = undefined;
  });

test("no field of the request but the credential reaches who says who calls", async () => {
  let fields: readonly string[] = [];
  bank.me.answer = ({ headers }) => {
    fields = [...Object.keys(headers), String(headers.cookie)];
    return { status: 200, body };
  };
  const headers = {
    Cookie: "other=1; sid=lone",
    "X-User-Id": "admin",
    Authorization: "Basic eDp5",
  };
  assert.equal((await bank.ask("/things", headers)).status, 200);
  assert.ok(fields.includes("sid=lone"));
  for (const name of ["x-user-id", "authorization", "portcullis-identity"])
    assert.ok(!fields.includes(name), name);
  bank.me.answer = undefined;
});

test("a token is worth what its issuer says of it for this API, and no more", async () => {
  for (const [token, code] of [
    ["good", undefined],
    ["other", "token-audience-mismatch"],
    ["unsaid", "token-audience-mismatch"],
    ["ended", "token-expired"],
    ["nobody", "token-claims-invalid"],
    ["inactive", "session-invalid"],
    ["word", "session-invalid"],
    ["failing", "caller-unknown"],
  ] as const) {
    const answer = await bank.ask("/things", { Authorization: `Bearer ${token}` });
    assert.equal(answer.code, code, token);
    if (code === undefined)
      assert.deepEqual([answer.told?.["sub"], answer.told?.["scope"]], ["12", "things:read"]);
  }
});

test("what is said of a token is asked once in each thread, of bad ones too", async () => {
  for (const token of ["good", "inactive"]) {
    const headers = { Authorization: `Bearer ${token}` };
    for (let time = 0; time < 4; time += 1) await bank.ask("/things", headers);
    const asked = questions;
    for (let time = 0; time < 10; time += 1) await bank.ask("/things", headers);
    assert.ok(questions - asked <= 2, token);
  }
});
