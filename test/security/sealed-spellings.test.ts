import assert from "node:assert/strict";
import { test } from "node:test";
import { IdSealer } from "@portcullis/guard/ownership";
import { backend, document, policy, seen } from "./objects.ts";
import { plannedJourney } from "./planned-journey.ts";

test("sealed ids open in lists of the query, and no spelling of the name brings a raw id past the seal", async () => {
  const sealingKey = Buffer.alloc(32, 7);
  const sealer = new IdSealer([sealingKey]);
  const sealedAsk = await plannedJourney({
    document,
    policy: policy(
      "  - { match: '*', owner: none }",
      "sealedIds: { account: { parameters: [accountId, accountIds], properties: [Account/id] }, cursor: { parameters: [page], properties: [Account/next] } }\nsealingKeys: [{ env: KEY }]",
    ),
    backend,
    sealingKey,
  });
  const handle = (id: string): string => sealer.seal("account", "=ann", id);
  const open = async (target: string): Promise<string> => {
    seen.reached = [];
    const got = await sealedAsk("ann", "GET", target);
    return got.status === 200 ? (seen.reached[0] ?? "") : String(got.status);
  };
  assert.equal(await open(`/accounts/${handle("ann-1")}`), "GET /accounts/ann-1");
  assert.equal(
    await open(`/cards?accountIds=${handle("ann-1")},${handle("ann/2")}`),
    "GET /cards?accountIds=ann-1,ann%2F2",
  );
  assert.equal(
    await open(`/cards?accountIds=${handle("ann-1")}%2C${handle("ann-2")}`),
    "GET /cards?accountIds=ann-1,ann-2",
  );
  assert.equal(
    await open(`/loans?accountId=${handle("ann-1")}&accountId=${handle("ann-2")}`),
    "GET /loans?accountId=ann-1&accountId=ann-2",
  );
  assert.equal(await open(`/loans?&account%49d=${handle("ann-1")}&`), "GET /loans?accountId=ann-1");
  for (const target of [
    "/accounts/ben-1",
    "/cards?accountIds=ben-1",
    `/cards?accountIds=${handle("ann-1")},ben-1`,
    "/cards?account%49ds=ben-1",
    "/cards?AccountIds=ben-1",
    "/cards?accountIds[]=ben-1",
    `/cards?accountIds=${handle("ann-1")}&account%49ds=ben-1`,
    "/loans?accountId=%",
    `/loans?accountId=${handle("ann-1")}&%61ccountId=ben-1`,
    "/loans?accountId",
  ])
    assert.equal(await open(target), "404", target);
  const cursor = (kind: string, reader: string): string => sealer.seal(kind, reader, "17");
  assert.equal(
    await open(`/statements?customer=ann&page=${cursor("cursor", "=ann")}`),
    "GET /statements?customer=ann&page=17",
  );
  for (const page of [
    "17",
    cursor("cursor", "=ben"),
    cursor("account", "=ann"),
    `${cursor("cursor", "=ann").slice(0, -2)}AA`,
    cursor("cursor", "=ann").slice(0, 24),
  ])
    assert.equal(
      await open(`/statements?customer=ann&page=${page}`),
      "404",
      `a cursor that was made up, or is another's: ${page}`,
    );
});

test("sealed ids open in JSON and in forms, under no other spelling, and in no body that is not read", async () => {
  const sealingKey = Buffer.alloc(32, 7);
  const sealer = new IdSealer([sealingKey]);
  const sealedAsk = await plannedJourney({
    document,
    policy: policy(
      "  - { match: '*', owner: none }",
      "sealedIds: { account: { parameters: [accountId], properties: [Account/id, Order/accountId, Order/others] } }\nsealingKeys: [{ env: KEY }]",
    ),
    backend,
    sealingKey,
  });
  const handle = (id: string): string => sealer.seal("account", "=ann", id);
  const send = async (body: string | object, type = "application/json"): Promise<string> => {
    seen.body = "";
    const bytes = typeof body === "string" ? body : JSON.stringify(body);
    const { status: answered } = await sealedAsk("ann", "POST", "/orders", bytes, [
      "Content-Type",
      type,
    ]);
    return answered === 200 ? seen.body : String(answered);
  };
  const form = "application/x-www-form-urlencoded";
  assert.equal(
    await send({ accountId: handle("ann-1"), others: [handle("ann-2")], note: "n" }),
    '{"accountId":"ann-1","others":["ann-2"],"note":"n"}',
  );
  assert.equal(
    await send(
      `note=a+b%26&accountId=${handle("ann/1")}&others=${handle("ann-2")}&others=${handle("ann-3")}`,
      form,
    ),
    "note=a+b%26&accountId=ann%2F1&others=ann-2&others=ann-3",
  );
  for (const body of [
    { accountId: "ben-1" },
    { AccountId: "ben-1" },
    { "accountId[]": "ben-1" },
    { accountId: handle("ann-1"), ACCOUNTID: "ben-1" },
    { others: [handle("ann-1"), "ben-1"] },
    { accountId: 7 },
  ])
    assert.equal(await send(body), "404", JSON.stringify(body));
  for (const body of [
    "accountId=ben-1",
    "account%49d=ben-1",
    "AccountID=ben-1",
    `accountId=${handle("ann-1")}&accountId[]=ben-1`,
    `others=${handle("ann-1")}&others=ben-1`,
  ])
    assert.equal(await send(body, form), "404", body);
  assert.equal(
    await send(
      '--b\r\nContent-Disposition: form-data; name="accountId"\r\n\r\nben-1\r\n--b--\r\n',
      "multipart/form-data; boundary=b",
    ),
    "404",
  );
  assert.equal(await send("PNG", "image/png"), "", "what is no place for an id passes");
});
