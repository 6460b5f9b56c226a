import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type GatedBank, startGatedBank, untilReady } from "../../examples/harbour/gated-bank.ts";
import { startGate } from "../../examples/harbour/gate.ts";
import { sender } from "../../examples/harbour/send.ts";

let bank: GatedBank;
let ann: string;
let ben: string;

// Only provenance guards these: nobody says whose an account or a payment is.
const change = (policy: string): string => `${policy
  .replace(
    "  - match: [getAccount, getAccountV2, getPayment, getCard, getDocument]\n    owner: { response: /customerId, is: token.sub, exceptRoles: [support] }\n",
    "  - match: getAccount\n    owner: { provenance: { kind: account, id: accountId } }\n  - match: getPayment\n    owner: { provenance: { kind: payment, id: paymentId } }\n",
  )
  .replace(
    "    owner: { lookup: getAccount, with: { accountId: /accountId }, response: /customerId, is: token.sub }",
    "    owner: { provenance: { kind: account, id: /accountId } }",
  )}
provenance:
  account: { properties: [Account/id] }
  payment: { properties: [Payment/id] }
`;

before(async () => {
  bank = await startGatedBank({ change });
  ann = await bank.login("ann", "correct horse");
  ben = await bank.login("ben", "battery staple");
});
after(() => bank.close());

test("an id that the caller was never shown is not there, though nobody named an owner", async () => {
  const send = bank.through();
  assert.equal(
    (await send("GET", "/v1/accounts/a-1", { token: ann })).status,
    404,
    "not even one's own, before it was shown",
  );
  assert.equal((await send("GET", "/v1/accounts", { token: ann })).status, 200);
  assert.equal((await send("GET", "/v1/accounts/a-1", { token: ann })).status, 200);
  let found = 0;
  for (let id = 1; id <= 60; id += 1)
    if ((await send("GET", `/v1/accounts/a-${id}`, { token: ben })).status === 200) found += 1;
  assert.equal(found, 0, "counting upwards finds nothing");
  await send("GET", "/v1/accounts", { token: ben });
  assert.equal((await send("GET", "/v1/accounts/a-3", { token: ben })).status, 200);
  assert.equal((await send("GET", "/v1/accounts/a-1", { token: ben })).status, 404);
  const [absent, foreign] = await Promise.all(
    ["a-1", "a-99999"].map((id) => send("GET", `/v1/accounts/${id}`, { token: ben })),
  );
  assert.deepEqual(
    { ...(absent?.body as object), traceId: "" },
    { ...(foreign?.body as object), traceId: "" },
  );
});

test("what the caller has made was shown to it, and ids in bodies are held to the same", async () => {
  const send = bank.through();
  const pay = (accountId: string): ReturnType<typeof send> =>
    send("POST", "/v1/payments", {
      token: ann,
      json: { accountId, toIban: "NL45HARB0000000003", amount: 5, reference: "x" },
    });
  const made = await pay("a-1");
  assert.equal(made.status, 201);
  const { id } = made.body as { id: string };
  assert.equal((await send("GET", `/v1/payments/${id}`, { token: ann })).status, 200);
  assert.equal((await send("GET", `/v1/payments/${id}`, { token: ben })).status, 404);
  assert.equal((await pay("a-3")).status, 404);
});

test("how full the memory is, and what it forgot, is measured", async () => {
  const metrics = await (await fetch(`http://127.0.0.1:${bank.gate.adminPort}/metrics`)).text();
  assert.match(metrics, /^portcullis_provenance_callers 2$/m);
  assert.match(metrics, /^portcullis_provenance_forgotten_total 0$/m);
});

test("it is remembered across a restart", { timeout: 30_000 }, async () => {
  const directory = join(bank.policyFile, "..", "state");
  const ended = new Promise((resolve) => bank.gate.process.once("exit", resolve));
  bank.gate.process.kill("SIGINT");
  await ended;
  assert.ok(readFileSync(join(directory, "provenance")).length > 1000);
  const again = await startGate(
    ["--config", bank.policyFile, "--port", "0", "--admin-port", "0", "--threads", "2"],
    directory,
  );
  try {
    await untilReady(again);
    const send = sender(`https://localhost:${again.port}`, { ca: again.ca });
    assert.equal((await send("GET", "/v1/accounts/a-1", { token: ann })).status, 200);
    assert.equal((await send("GET", "/v1/accounts/a-3", { token: ann })).status, 404);
  } finally {
    again.process.kill("SIGKILL");
  }
});
