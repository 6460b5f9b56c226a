import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { useTheBank } from "../../examples/harbour/client.ts";
import { type GatedBank, startGatedBank } from "../../examples/harbour/gated-bank.ts";
import type { Send } from "../../examples/harbour/send.ts";

const sealedIds = `
sealedIds:
  account: { parameters: [accountId], properties: [Account/id, Payment/accountId, NewPayment/accountId, Card/accountId], rawFor: { app: "<3.2" } }
  payment: { parameters: [paymentId], properties: [Payment/id] }
  document: { parameters: [documentId], properties: [Document/id] }
`;
let started: GatedBank;
let send: Send;
let old: Send;
const ann = (): Promise<string> => started.login("ann", "correct horse");
const ben = (): Promise<string> => started.login("ben", "battery staple");

before(async () => {
  started = await startGatedBank({ change: (text) => `${text}${sealedIds}` });
  send = started.through("3.4.0");
  old = started.through("3.1.9");
});
after(() => started.close());

const accountsOf = async (token: string): Promise<{ id: string; iban: string }[]> =>
  ((await send("GET", "/v1/accounts", { token })).body as { items: { id: string; iban: string }[] })
    .items;

test("ids leave as handles and come back opened, in lists, paths and bodies, as text and as numbers", async () => {
  const token = await ann();
  const [account] = await accountsOf(token);
  assert.ok(account !== undefined);
  assert.match(account.id, /^[A-Za-z0-9_-]{24,}$/);
  const one = await send("GET", `/v1/accounts/${account.id}`, { token });
  assert.equal(one.status, 200);
  assert.deepEqual(one.body, account);
  const paid = await send("POST", "/v1/payments", {
    token,
    json: { accountId: account.id, toIban: "NL45HARB0000000003", amount: 77 },
  });
  assert.equal(paid.status, 201);
  const payment = paid.body as { id: unknown; accountId: string; amount: number };
  assert.equal(payment.accountId, account.id);
  assert.equal(typeof payment.id, "string");
  const location = String(paid.headers["location"]);
  assert.match(location, /^\/v1\/payments\/[A-Za-z0-9_-]{24,}$/);
  assert.equal((await send("GET", location, { token })).status, 200);
  const again = await send("GET", `/v1/payments/${String(payment.id)}`, { token });
  assert.equal(again.status, 200);
  assert.deepEqual(again.body, payment);
  const page = (await send("GET", `/v1/accounts/${account.id}/payments?limit=5`, { token }))
    .body as { items: { accountId: string }[] };
  assert.ok(page.items.length > 0 && page.items.every((item) => item.accountId === account.id));
});

test("another reader's handle, another kind's, a raw id and a guessed one are answered like what does not exist", async () => {
  const [annToken, benToken] = [await ann(), await ben()];
  const [account] = await accountsOf(annToken);
  const [bens] = await accountsOf(benToken);
  assert.ok(account !== undefined && bens !== undefined);
  const absent = await send("GET", `/v1/accounts/${account.id.slice(0, -2)}AA`, {
    token: annToken,
  });
  assert.equal(absent.status, 404);
  for (const [path, token] of [
    [`/v1/accounts/${account.id}`, benToken],
    ["/v1/accounts/a-1", annToken],
    ["/v1/accounts/a-3", annToken],
    [`/v1/documents/${account.id}`, annToken],
    [`/v1/accounts/${bens.id}`, annToken],
  ] as const) {
    const got = await send("GET", path, { token });
    assert.equal(got.status, 404, path);
    assert.deepEqual(
      { ...(got.body as object), traceId: "" },
      { ...(absent.body as object), traceId: "" },
      path,
    );
  }
  const pay = (accountId: string, token: string) =>
    send("POST", "/v1/payments", {
      token,
      json: { accountId, toIban: "NL45HARB0000000003", amount: 1 },
    });
  assert.equal((await pay(account.id, benToken)).status, 404);
  assert.equal((await pay("a-3", benToken)).status, 404);
  assert.equal((await pay(bens.id, benToken)).status, 201);
});

test("builds that still hold raw ids may send them, where the policy says which", async () => {
  const token = await ann();
  assert.equal((await old("GET", "/v1/accounts/a-1", { token })).status, 200);
  assert.equal((await send("GET", "/v1/accounts/a-1", { token })).status, 404);
  assert.equal((await old("GET", "/v1/documents/d-1", { token })).status, 404);
  // A raw id is no way around whose the object is.
  assert.equal((await old("GET", "/v1/accounts/a-3", { token })).status, 404);
});

test("a client that makes up raw ids of its own is refused, where no build may send them", async () => {
  await assert.rejects(
    useTheBank(send, () => undefined),
    /a document: 404/,
  );
});
