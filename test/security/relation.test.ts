import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { type GatedBank, startGatedBank } from "../../examples/harbour/gated-bank.ts";
import type { Send } from "../../examples/harbour/send.ts";

let started: GatedBank;
let pdp: Server;
let send: Send;
let answerWith: "decide" | "hang" | "nonsense" | "fail" = "decide";
const asked: unknown[] = [];

before(async () => {
  pdp = createServer((request, response) => {
    let text = "";
    request
      .setEncoding("utf8")
      .on("data", (part: string) => (text += part))
      .on("end", () => {
        const question = JSON.parse(text) as { subject: { id: string }; resource: { id: string } };
        asked.push({ ...question, authorization: request.headers.authorization });
        if (answerWith === "hang") return;
        if (answerWith === "fail") response.writeHead(500).end();
        else if (answerWith === "nonsense")
          response.writeHead(200, { "Content-Type": "application/json" }).end('{"decision":"yes"}');
        // Ann has shared her statement with Ben, and nothing else.
        else
          response.writeHead(200, { "Content-Type": "application/json" }).end(
            JSON.stringify({
              decision: question.subject.id === "c-1002" && question.resource.id === "d-1",
            }),
          );
      });
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => pdp.once("listening", resolve));
  const url = `http://127.0.0.1:${(pdp.address() as AddressInfo).port}/access/v1/evaluation`;
  started = await startGatedBank({
    environment: { ...process.env, PDP_TOKEN: "secret-of-the-pdp" },
    change: (text) => `${text}
  - match: getDocument
    owner: { any: [{ relation: { at: pdp, action: can_read, resource: document, id: documentId } }, { response: /customerId }], is: token.sub }
  - match: getCard
    owner: { relation: { at: pdp, action: can_read, resource: card, id: cardId }, is: token.sub }
  - match: getAccountV2
    owner: { relation: { at: lenient, action: can_read, resource: account, id: accountId }, is: token.sub }
decisionPoints:
  pdp: { url: "${url}", form: authzen, timeout: 300ms, token: { env: PDP_TOKEN } }
  lenient: { url: "${url}", form: authzen, timeout: 300ms, onFailure: allow }
`,
  });
  send = started.through();
});
after(() => {
  started.close();
  pdp.closeAllConnections();
  pdp.close();
});

const ben = (): Promise<string> => started.login("ben", "battery staple");

test("a shared object is shown to whom the decision point allows, and to its owner without it", async () => {
  const token = await ben();
  assert.equal((await send("GET", "/v1/documents/d-1", { token })).status, 200);
  assert.equal((await send("GET", "/v1/documents/d-2", { token })).status, 200);
  assert.equal(
    (await send("GET", "/v1/documents/d-2", { token: await started.login("ann", "correct horse") }))
      .status,
    404,
  );
  assert.deepEqual(asked[0], {
    subject: { type: "user", id: "c-1002" },
    action: { name: "can_read" },
    resource: { type: "document", id: "d-1" },
    authorization: "Bearer secret-of-the-pdp",
  });
});

test("a decision point that denies, fails, hangs or talks nonsense does not open anything", async () => {
  const token = await ben();
  const outcomes: string[] = [];
  for (const way of ["decide", "fail", "nonsense", "hang"] as const) {
    answerWith = way;
    const { body, status } = await send("GET", "/v1/cards/k-2", { token });
    outcomes.push(`${way} ${status} ${(body as { code: string }).code}`);
  }
  answerWith = "decide";
  assert.deepEqual(outcomes, [
    "decide 404 object-not-yours",
    "fail 503 owner-unknown",
    "nonsense 503 owner-unknown",
    "hang 503 owner-unknown",
  ]);
});

test("where the policy prefers to serve, a decision point that is lost lets pass, and one that denies does not", async () => {
  const token = await ben();
  answerWith = "fail";
  assert.equal((await send("GET", "/v2/accounts/a-3", { token })).status, 200);
  answerWith = "decide";
  assert.equal((await send("GET", "/v2/accounts/a-3", { token })).status, 404);
});
