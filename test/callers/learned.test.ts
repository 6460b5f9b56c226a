import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { type Answered, type Bank, type Odd, startBank } from "./bank-of-sources.ts";

const sources = `app:
  credential: { header: X-Auth-Token }
  from: { operation: login, credential: /token, sub: /user/id, roles: /user/role, lifetime: /ttl }
  claims: { branch: /user/branch }
  forgetOn: [logout]
web:
  credential: { cookie: sid }
  from: { operation: login, sub: /user/id }
  forgetOn: [logout]`;

let bank: Bank;
before(async () => {
  bank = await startBank(sources, {}, "store: ./kept.db");
});
after(() => bank.close());

let made = 0;
const newToken = (): string => `t-${(made += 1)}.${"x".repeat(20)}`;
const user = { id: 7, role: "teller", branch: "north" };
const json = { "Content-Type": "application/json" };

/** Signs in at the backend, whose answer is this one. */
async function signIn(odd: Odd, headers: Record<string, string> = {}, sent = "{}") {
  bank.login.answer = () => odd;
  const answer = await bank.ask("/login", { ...json, ...headers }, "POST", sent);
  bank.login.answer = undefined;
  return answer;
}
const body = (token: string, more: object = {}): string => JSON.stringify({ token, user, ...more });
const call = (token: string, path = "/things"): Promise<Answered> =>
  bank.ask(path, { "X-Auth-Token": token });

test("who signs in is known by the credential of the answer, at every thread and at once", async () => {
  for (let time = 0; time < 5; time += 1) {
    const token = newToken();
    assert.equal((await call(token)).code, "session-invalid", "nobody knows it before");
    assert.equal((await signIn({ status: 200, body: body(token) })).status, 200);
    for (let again = 0; again < 4; again += 1) {
      const { status, told } = await call(token);
      assert.deepEqual(
        [status, told?.["sub"], told?.["roles"], told?.["source"]],
        [200, "7", ["teller"], "app"],
      );
    }
  }
});

test("a cookie that the answer sets is a credential, until its own end", async () => {
  const cookie = newToken();
  const set = { "Set-Cookie": `sid=${cookie}; Path=/; HttpOnly; Max-Age=3600` };
  await signIn({ status: 200, headers: set, body: JSON.stringify({ user }) });
  const { status, told } = await bank.ask("/things", { Cookie: `a=b; sid=${cookie}` });
  assert.deepEqual([status, told?.["sub"], told?.["source"]], [200, "7", "web"]);
});

/** Answers to sign-in by which nobody may be known afterwards. */
const answers: readonly (readonly [string, (token: string) => Odd])[] = [
  ["without a subject", (token) => ({ status: 200, body: JSON.stringify({ token, user: {} }) })],
  [
    "with null for the subject",
    (token) => ({ status: 200, body: JSON.stringify({ token, user: { id: null } }) }),
  ],
  [
    "with an object for the subject",
    (token) => ({ status: 200, body: JSON.stringify({ token, user: { id: { $ne: 1 } } }) }),
  ],
  ["that refuses", (token) => ({ status: 401, body: body(token) })],
  ["that asks for a second factor by 300", (token) => ({ status: 300, body: body(token) })],
  [
    "that is a page",
    (token) => ({ status: 200, headers: { "Content-Type": "text/html" }, body: body(token) }),
  ],
  ["that is no JSON", (token) => ({ status: 200, body: `${body(token)}!` })],
  [
    "that is a stream of lines",
    (token) => ({ status: 200, body: `${body(token)}\n${body(token)}` }),
  ],
  ["that ends in the middle", (token) => ({ status: 200, body: body(token), broken: true })],
  ["that is a part", (token) => ({ status: 206, body: body(token) })],
  [
    "in a coding that cannot be unpacked",
    (token) => ({ status: 200, headers: { "Content-Encoding": "gzip" }, body: body(token) }),
  ],
  [
    "that unpacks to a bomb",
    (token) => ({
      status: 200,
      headers: { "Content-Encoding": "gzip" },
      body: gzipSync(`{"pad":"${"x".repeat(40_000_000)}",${body(token).slice(1)}`),
    }),
  ],
  ["of a life that is over", (token) => ({ status: 200, body: body(token, { ttl: 0 }) })],
  ["of a life that is no number", (token) => ({ status: 200, body: body(token, { ttl: "soon" }) })],
];
for (const [name, odd] of answers)
  test(`an answer ${name} makes nobody a caller`, async () => {
    const token = newToken();
    await signIn(odd(token)).catch(() => undefined);
    assert.equal((await call(token)).code, "session-invalid");
    assert.equal((await call(token, "/rates")).status, 200, "open operations stay open");
  });

test("answers that come packed are read like others", async () => {
  for (const [coding, pack] of [
    ["gzip", gzipSync],
    ["br", brotliCompressSync],
  ] as const) {
    const token = newToken();
    await signIn({ status: 200, headers: { "Content-Encoding": coding }, body: pack(body(token)) });
    assert.equal((await call(token)).told?.["sub"], "7", coding);
  }
});

test("a credential that was there before the sign-in is nobody's afterwards", async () => {
  for (const [place, headers, sent] of [
    ["a cookie", (token: string) => ({ Cookie: `sid=${token}` }), () => "{}"],
    ["a field", (token: string) => ({ "X-Auth-Token": token }), () => "{}"],
    ["the body", () => ({}), (token: string) => JSON.stringify({ session: token })],
    [
      "another field, encoded",
      (token: string) => ({ "X-Old": encodeURIComponent(token) }),
      () => "{}",
    ],
  ] as const) {
    const token = `${newToken()}+/=`;
    await signIn({ status: 200, body: body(token) }, headers(token), sent(token));
    assert.equal((await call(token)).code, "session-invalid", place);
    const set = { "Set-Cookie": `sid=${token}` };
    await signIn(
      { status: 200, headers: set, body: JSON.stringify({ user }) },
      headers(token),
      sent(token),
    );
    const answer = await bank.ask("/things", { Cookie: `sid=${token}` });
    assert.equal(answer.code, "session-invalid", `${place}, by cookie`);
  }
});

test("a credential that is somebody's and is given to another is nobody's", async () => {
  const token = newToken();
  await signIn({ status: 200, body: body(token) });
  assert.equal((await call(token)).told?.["sub"], "7");
  await signIn({ status: 200, body: JSON.stringify({ token, user: { id: 8 } }) });
  for (let time = 0; time < 4; time += 1) assert.equal((await call(token)).code, "session-invalid");
});

test("it is forgotten by sign-out and by a 401 of the backend, and by no other sign-in", async () => {
  const [left, ended, stays] = [newToken(), newToken(), newToken()];
  for (const token of [left, ended, stays]) await signIn({ status: 200, body: body(token) });
  assert.equal((await bank.ask("/logout", { "X-Auth-Token": left }, "POST")).status, 200);
  bank.login.answer = () => ({ status: 401 });
  assert.equal((await bank.ask("/things", { "X-Auth-Token": ended }, "POST")).status, 401);
  assert.equal((await bank.ask("/login", { "X-Auth-Token": stays }, "POST")).status, 401);
  bank.login.answer = undefined;
  for (let time = 0; time < 4; time += 1) {
    assert.equal((await call(left)).code, "session-invalid");
    assert.equal((await call(ended)).code, "session-invalid");
    assert.equal((await call(stays)).told?.["sub"], "7");
  }
});

test("why nobody is known stands in the record, and the credential does not", async () => {
  const token = newToken();
  await signIn({ status: 200, body: JSON.stringify({ token, user: {} }) });
  const end = Date.now() + 20_000;
  while (!(await bank.records()).includes("it names nobody") && Date.now() < end)
    await new Promise((resolve) => setTimeout(resolve, 100));
  const records = await bank.records();
  assert.ok(records.includes("sign-in-not-learned"));
  assert.ok(!records.includes(token));
});

test("who has signed in is known after a new start of the program, and who has left is not", async () => {
  const [stays, left] = [newToken(), newToken()];
  for (const token of [stays, left]) await signIn({ status: 200, body: body(token, { ttl: 900 }) });
  await bank.ask("/logout", { "X-Auth-Token": left }, "POST");
  await bank.again();
  assert.equal((await call(stays)).told?.["sub"], "7");
  assert.equal((await call(left)).code, "session-invalid");
});
