import assert from "node:assert/strict";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { webhookMailer } from "./mailer.ts";

test("mail is handed to the operator's service with its token, again when it fails, and trouble is said once", async () => {
  const received: { authorization: string | undefined; body: unknown }[] = [];
  let failing = 1;
  const server = createServer((request: IncomingMessage, response) => {
    let text = "";
    request
      .setEncoding("utf8")
      .on("data", (part: string) => (text += part))
      .on("end", () => {
        received.push({ authorization: request.headers.authorization, body: JSON.parse(text) });
        response.writeHead((failing -= 1) >= 0 ? 503 : 202).end();
      });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const troubles: string[] = [];
  const mailer = webhookMailer(url, "secret", "no-reply@example.com", (message) =>
    troubles.push(message),
  );
  mailer.send({ to: "ann@notes.example", purpose: "reset", locale: "en", code: "12345678" });
  assert.equal(received.length, 0, "nothing waits for it");
  while (received.length < 2) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.deepEqual(received.at(-1), {
    authorization: "Bearer secret",
    body: {
      to: "ann@notes.example",
      purpose: "reset",
      locale: "en",
      code: "12345678",
      from: "no-reply@example.com",
    },
  });
  failing = 99;
  mailer.send({ to: "ann@notes.example", purpose: "reset", locale: "en", code: "87654321" });
  while (troubles.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.match(troubles.join(), /mail of the kind reset could not be handed/);
  assert.ok(!troubles.join().includes("87654321"), "the code is in no message");
  server.closeAllConnections();
  server.close();
});
