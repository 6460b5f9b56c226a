import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { decodeJwt } from "jose";
import { App } from "./app.ts";
import { formTokenOf } from "./browser.ts";
import { type IdentityGate, startIdentityGate } from "./identity-gate.ts";

let gate: IdentityGate;
const email = "ann@notes.example";
const messages: { to: string; code: string }[] = [];
const operator = createServer((request, response) => {
  let text = "";
  request
    .setEncoding("utf8")
    .on("data", (part: string) => (text += part))
    .on("end", () => {
      messages.push(JSON.parse(text) as { to: string; code: string });
      response.writeHead(202).end();
    });
});

before(async () => {
  await new Promise<void>((resolve) => operator.listen(0, "127.0.0.1", resolve));
  gate = await startIdentityGate({
    change: (policy) =>
      policy.replace(
        "  signIn:",
        `  sms: { webhook: "http://127.0.0.1:${(operator.address() as AddressInfo).port}/" }\n  signIn:`,
      ),
  });
  gate.addUser(email, "--role", "member");
});
after(() => {
  gate.close();
  operator.closeAllConnections();
  operator.close();
});

const nextMessage = async (count: number): Promise<{ to: string; code: string }> => {
  for (let tries = 0; tries < 100 && messages.length < count; tries += 1)
    await new Promise((resolve) => setTimeout(resolve, 20));
  return messages[count - 1] as { to: string; code: string };
};

test("a telephone is added by the code sent to it, and is a second proof from then on", {
  timeout: 30_000,
}, async () => {
  const app = await new App(gate).begin();
  await app.signIn(email);
  const account = `${gate.origin}/account`;
  const page = (await app.browser.follow(await app.browser.get(account), account)).page ?? "";
  const form = formTokenOf(page);
  assert.equal(
    (await app.browser.post(account, { form, intent: "begin-phone", phone: "not a number" }))
      .status,
    400,
  );
  assert.equal(
    (await app.browser.post(account, { form, intent: "begin-phone", phone: "+31 6 1234 5678" }))
      .status,
    200,
  );
  const first = await nextMessage(1);
  assert.equal(first.to, "+31612345678");
  assert.equal(
    (await app.browser.post(account, { form, intent: "add-phone", code: "00000000" })).status,
    400,
  );
  assert.equal(
    (await app.browser.post(account, { form, intent: "add-phone", code: first.code })).status,
    200,
  );

  const other = await new App(gate).begin();
  const { url, verifier } = await other.authorizationUrl({ acr_values: "mfa" });
  const asked = await other.throughPassword(url, email);
  assert.match(asked.page ?? "", /If a telephone is connected/);
  const { code } = await nextMessage(2);
  const { left } = await other.browser.follow(
    await other.browser.post(asked.url, {
      form: formTokenOf(asked.page ?? ""),
      intent: "second",
      code,
    }),
    asked.url,
  );
  const tokens = await other.redeem({ parameters: other.validate(left as URL), verifier });
  assert.deepEqual(
    [decodeJwt(tokens.access_token)["acr"], decodeJwt(tokens.access_token)["amr"]],
    ["mfa", ["pwd", "sms", "mfa"]],
  );
});

test("nobody can have messages sent without end", { timeout: 30_000 }, async () => {
  const before_ = messages.length;
  const app = await new App(gate).begin();
  const asked = await app.throughPassword((await app.authorizationUrl()).url, email);
  for (let tries = 0; tries < 60; tries += 1)
    await (
      await app.browser.post(asked.url, {
        form: formTokenOf(asked.page ?? ""),
        intent: "send-text",
      })
    ).arrayBuffer();
  await new Promise((resolve) => setTimeout(resolve, 400));
  assert.ok(messages.length - before_ <= 12, `${messages.length - before_}`);
});

test("whoever names SMS in the policy is warned", () => {
  const { error, out } = gate.command("check");
  assert.match(`${error}${out}`, /codes by SMS can be read by whoever takes over the number/);
});
