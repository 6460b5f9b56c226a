import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { useTheBank } from "./client.ts";
import { type GatedBank, startGatedBank } from "./gated-bank.ts";
import { tryHoles } from "./holes.ts";
import type { Send } from "./send.ts";

let started: GatedBank;
let bare: Send;
let gated: Send;
const login = (username: string, password: string): Promise<string> =>
  started.login(username, password);

before(async () => {
  started = await startGatedBank({ threads: 2 });
  ({ bare } = started);
  gated = started.through("3.4.1 (build 812; ios 19.1)");
});
after(() => started.close());

test("the bank's app works through the gate with everything enforced", async () => {
  await useTheBank(gated, () => undefined);
});

test("every hole is open on the bare backend and closed through the gate", async () => {
  for (const { bare: onBare, gated: throughGate, hole } of await tryHoles(bare, gated, login)) {
    assert.equal(onBare, true, `${hole.name}: not open on the bare backend`);
    assert.equal(throughGate, false, `${hole.name}: still open through the gate`);
  }
});

test("an object of another is not told from one that is absent", async () => {
  const token = await login("ben", "battery staple");
  const another = await gated("GET", "/v1/accounts/a-1", { token });
  const absent = await gated("GET", "/v1/accounts/a-99", { token });
  assert.equal(another.status, 404);
  const without = ({ body, headers }: typeof another) => [
    { ...(body as object), traceId: "" },
    Object.keys(headers).sort(),
    headers["content-length"],
  ];
  assert.deepEqual(without(another), without(absent));
});

test("support reads what the policy lets it read", async () => {
  const token = await login("sue", "support desk 1");
  assert.equal((await gated("GET", "/v1/accounts/a-1", { token })).status, 200);
  const customers = await gated("GET", "/v1/admin/customers", { token });
  assert.equal(customers.status, 200);
  assert.ok(!JSON.stringify(customers.body).includes("taxNumber"));
});

test("a large payment asks for a stronger sign-in, and a small one does not", async () => {
  const token = await login("ann", "correct horse");
  const pay = (amount: number) =>
    gated("POST", "/v1/payments", {
      token,
      json: { accountId: "a-1", toIban: "NL45HARB0000000003", amount },
    });
  assert.equal((await pay(500_000)).status, 201);
  const large = await pay(500_001);
  assert.equal(large.status, 401);
  assert.match(
    String(large.headers["www-authenticate"]),
    /error="insufficient_user_authentication".*acr_values="mfa", max_age="300"/,
  );
});

test("a property that is for support only is not shown to the account's own customer", async () => {
  const own = await gated("GET", "/v1/accounts/a-1", {
    token: await login("ann", "correct horse"),
  });
  const support = await gated("GET", "/v1/accounts/a-1", {
    token: await login("sue", "support desk 1"),
  });
  assert.equal((own.body as Record<string, unknown>)["overdraftLimit"], undefined);
  assert.equal((support.body as Record<string, unknown>)["overdraftLimit"], 50_000);
});

test("the backend learns who calls from an assertion it can verify, and the caller cannot write one", async () => {
  const token = await login("ann", "correct horse");
  assert.equal(
    (await gated("GET", "/v1/accounts", { token, headers: { "Portcullis-Identity": "forged" } }))
      .status,
    200,
  );
  const jwks = (await gated("GET", "/.well-known/portcullis/jwks.json")).body as {
    keys: { kty: string; d?: string }[];
  };
  assert.equal(jwks.keys[0]?.kty, "EC");
  assert.equal(jwks.keys[0]?.d, undefined);
});

test("an old build is told to update, and a deprecated version says when it ends", async () => {
  const token = await login("ann", "correct horse");
  const old = await gated("GET", "/v1/accounts", {
    token,
    headers: { "Portcullis-App": "harbour-ios/2.9.0" },
  });
  assert.equal(old.status, 403);
  assert.equal((old.body as { code: string }).code, "app-version-unsupported");
  assert.equal(old.headers["link"], '<https://apps.apple.com/app/harbour>; rel="latest-version"');
  const current = await gated("GET", "/v1/accounts", { token });
  assert.equal(current.headers["deprecation"], `@${Date.parse("2026-12-01") / 1000}`);
  assert.equal(current.headers["sunset"], "Thu, 01 Jul 2027 00:00:00 GMT");
  assert.equal(current.headers["link"], '<https://localhost:8443/v2>; rel="successor-version"');
});

test("a refusal leads to a page that explains it", async () => {
  const refused = (await gated("GET", "/v1/accounts")).body as { type: string; code: string };
  assert.equal(refused.code, "credential-missing");
  const page = await gated("GET", refused.type);
  assert.equal(page.status, 200);
  assert.match(String(page.body), /Sign-in is needed/);
});

test("a changed policy serves soon and without a failed request, and a broken one changes nothing", async () => {
  const { gate, policyFile } = started;
  const token = await login("ann", "correct horse");
  let failed = 0;
  const stop = new AbortController();
  const traffic = (async () => {
    while (!stop.signal.aborted)
      if ((await gated("GET", "/v2/feed?limit=1", { token })).status !== 200) failed += 1;
  })();
  const undeclared = async (): Promise<number> =>
    (await gated("GET", "/v1/feed?surprise=1", { token })).status;
  const until = async (status: number): Promise<boolean> => {
    for (let tries = 0; tries < 400; tries += 1) {
      if ((await undeclared()) === status && (await undeclared()) === status) return true;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return false;
  };
  assert.equal(await undeclared(), 400);
  writeFileSync(
    policyFile,
    started.policy((text) => text.replace("mode: enforce", "mode: observe")),
  );
  assert.ok(await until(200), gate.said());
  writeFileSync(
    policyFile,
    started.policy((text) => text.replace("mode: enforce", "mode: enfroce")),
  );
  for (let tries = 0; tries < 400 && !gate.said().includes('"enfroce"'); tries += 1)
    await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(await undeclared(), 200);
  assert.match(gate.said(), /'mode' is "enfroce"[\s\S]*the old one serves/);
  writeFileSync(
    policyFile,
    started.policy((text) =>
      text.replace(
        "publicUrl: https://localhost:8443",
        "publicUrl: https://other.example\nhosts: [localhost]",
      ),
    ),
  );
  gate.process.kill("SIGHUP");
  assert.ok(await until(400), gate.said());
  stop.abort();
  await traffic;
  assert.match(gate.said(), /takes effect at the next start/);
  assert.equal(failed, 0);
});
