import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { type Bank, signed, startBank } from "./bank-of-sources.ts";

const issuer = "https://idp.example.com";
/** What the token endpoint was asked, and how it answers. */
const asked: URLSearchParams[] = [];
let answers: (response: ServerResponse, form: URLSearchParams) => void;
const give = (response: ServerResponse, body: object, status = 200): void => {
  response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
};
const good = { access_token: "for-the-backend", token_type: "Bearer", expires_in: 600 };
const endpoint = createServer((request, response) => {
  let body = "";
  request
    .on("data", (chunk: Buffer) => (body += chunk.toString()))
    .on("end", () => {
      const form = new URLSearchParams(body);
      asked.push(form);
      assert.equal(request.headers.authorization, `Basic ${btoa("gate:a%2Fsecret")}`);
      answers(response, form);
    });
}).listen(0, "127.0.0.1");

let bank: Bank;
before(async () => {
  if (!endpoint.listening) await once(endpoint, "listening");
  const url = `http://127.0.0.1:${(endpoint.address() as AddressInfo).port}/token`;
  process.env["EXCHANGE_SECRET"] = "a/secret";
  bank = await startBank(
    `people:
  issuer: ${issuer}
  jwt: { algorithm: HS256, secret: { env: JWT_SECRET } }
  credential: [{}, { header: X-Token }]
  forward: exchange
  exchange: { url: "${url}", clientId: gate, clientSecret: { env: EXCHANGE_SECRET }, audience: backend, scope: "a b" }`,
  );
});
after(() => {
  bank.close();
  endpoint.closeAllConnections();
  endpoint.close();
});

let made = 0;
const newToken = (): string =>
  signed({ iss: issuer, sub: `u-${(made += 1)}`, exp: Math.floor(Date.now() / 1000) + 3600 });
const told = (): NodeJS.Dict<string | string[]> => bank.seen.at(-1)?.headers ?? {};

test("the backend is sent its own token in place of the caller's, asked for once in each thread", async () => {
  answers = (response) => give(response, good);
  const token = newToken();
  for (const headers of [{ Authorization: `Bearer ${token}` }, { "X-Token": token }]) {
    const sofar = asked.length;
    const all = await Promise.all(Array.from({ length: 20 }, () => bank.ask("/things", headers)));
    assert.ok(all.every(({ status }) => status === 200));
    assert.ok(asked.length - sofar <= 2, String(asked.length - sofar));
    const { authorization, "x-token": other } = told();
    assert.deepEqual([authorization, other], ["Bearer for-the-backend", undefined]);
  }
  const form = asked[0] as URLSearchParams;
  assert.deepEqual(
    ["grant_type", "subject_token", "subject_token_type", "audience", "scope"].map((name) =>
      form.get(name),
    ),
    [
      "urn:ietf:params:oauth:grant-type:token-exchange",
      token,
      "urn:ietf:params:oauth:token-type:access_token",
      "backend",
      "a b",
    ],
  );
  assert.ok(
    !JSON.stringify(bank.seen).includes(token),
    "the backend never sees the caller's token",
  );
});

const failures: readonly (readonly [string, (response: ServerResponse) => void, number, string])[] =
  [
    ["refuses", (one) => give(one, { error: "invalid_target" }, 400), 502, "exchange-refused"],
    ["gives no token", (one) => give(one, { token_type: "Bearer" }), 502, "exchange-refused"],
    [
      "gives a token that no field can hold",
      (one) => give(one, { ...good, access_token: "a\r\nX-Admin: 1" }),
      502,
      "exchange-refused",
    ],
    [
      "gives a token of another type",
      (one) => give(one, { ...good, token_type: "DPoP" }),
      502,
      "exchange-refused",
    ],
    [
      "gives one that has ended",
      (one) => give(one, { ...good, expires_in: 0 }),
      502,
      "exchange-refused",
    ],
    ["fails", (one) => give(one, {}, 500), 503, "exchange-unavailable"],
    ["answers no JSON", (one) => void one.end("<html>"), 503, "exchange-unavailable"],
    [
      "leads elsewhere",
      (one) => void one.writeHead(302, { Location: "/" }).end(),
      503,
      "exchange-unavailable",
    ],
    ["breaks off", (one) => void one.destroy(), 503, "exchange-unavailable"],
  ];
for (const [name, answer, status, code] of failures)
  test(`where the token endpoint ${name}, the backend is not asked, least of all as nobody`, async () => {
    answers = answer;
    const seen = bank.seen.length;
    const said = await bank.ask("/things", { Authorization: `Bearer ${newToken()}` });
    assert.deepEqual([said.status, said.code], [status, code]);
    assert.equal(bank.seen.length, seen);
  });

test("a token that cannot be exchanged just now is asked about again", async () => {
  const headers = { Authorization: `Bearer ${newToken()}` };
  answers = (response) => give(response, {}, 500);
  for (let time = 0; time < 4; time += 1)
    assert.equal((await bank.ask("/things", headers)).status, 503);
  answers = (response) => give(response, good);
  assert.equal((await bank.ask("/things", headers)).status, 200);
});

test("who calls without a token, or with a bad one, has none exchanged", async () => {
  const sofar = asked.length;
  assert.equal((await bank.ask("/rates")).status, 200);
  assert.equal((await bank.ask("/things")).status, 401);
  assert.equal((await bank.ask("/rates", { "X-Token": `${newToken()}x` })).status, 401);
  assert.equal(asked.length, sofar);
});
