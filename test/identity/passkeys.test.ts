import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Accounts } from "../../packages/identity/src/people/accounts.ts";
import { Passwords } from "../../packages/identity/src/people/passwords.ts";
import type { DatabaseStore } from "../../packages/server/src/store/database-store.ts";
import { openStore } from "../../packages/server/src/store/open-store.ts";
import { createSealing } from "../../packages/server/src/store/sealing.ts";
import { Factors } from "../../packages/identity/src/factors/factors.ts";
import { Passkeys } from "../../packages/identity/src/factors/passkeys.ts";
import { attested, present, SoftPasskey, verified } from "./soft-passkey.ts";

const origin = "https://login.example";
const androidOrigin = `android:apk-key-hash:${"A".repeat(43)}`;
const challenge = randomBytes(32).toString("base64url");
let store: DatabaseStore;
let accountId: string;
let passkeys: Passkeys;

before(async () => {
  const directory = mkdtempSync(join(tmpdir(), "portcullis-passkeys-"));
  store = await openStore("store.db", directory);
  const sealing = createSealing([Buffer.alloc(32, 7)]);
  const factors = new Factors(store, sealing, Date.now);
  passkeys = new Passkeys(factors, {
    issuer: origin,
    title: "Login",
    androidOrigins: [androidOrigin],
  });
  accountId = (
    await new Accounts(store.accounts, new Passwords(store.secrets, sealing), Date.now).add({
      email: "ann@login.example",
    })
  ).id;
});
after(() => store.close());

const loginPasskey = (): SoftPasskey =>
  new SoftPasskey({ from: origin, rpId: "login.example", to: challenge });

const add = (
  passkey: SoftPasskey,
  ways: Parameters<SoftPasskey["made"]>[0] = {},
): Promise<boolean> =>
  passkeys.add(accountId, passkey.made(ways), challenge, "").then((id) => id !== undefined);
const elsewhere = [
  "https://login.example.evil",
  "https://evil.login.example",
  "http://login.example",
  "https://login.example:444",
  "https://login.example/",
  "null",
  "",
  `android:apk-key-hash:${"B".repeat(43)}`,
];

test("a passkey proves its owner at this address, and from the apps that the policy names", async () => {
  const passkey = loginPasskey();
  assert.equal(await add(passkey), true);
  assert.equal(await passkeys.use(passkey.used(), challenge), accountId);
  assert.equal(await passkeys.use(passkey.used({ from: androidOrigin }), challenge), accountId);
});

test("a passkey that was made elsewhere, for another question, or without its owner is not added", async () => {
  for (const ways of [
    ...elsewhere.map((from) => ({ from })),
    { to: randomBytes(32).toString("base64url") },
    { type: "webauthn.get" },
    { rpId: "evil.example" },
    { flags: present | attested },
    { flags: verified | attested },
    { flags: present | verified },
  ])
    assert.equal(await add(loginPasskey(), ways), false, JSON.stringify(ways));
  for (const text of [
    "",
    "null",
    "{}",
    '{"id":1}',
    `{"id":"${"x".repeat(2000)}"}`,
    '{"id":"x","response":{}}',
  ])
    assert.equal(await passkeys.add(accountId, text, challenge, ""), undefined, text.slice(0, 30));
});

test("a proof from elsewhere, to another question, without its owner, by another key or with bytes behind it is none", async () => {
  const passkey = loginPasskey();
  await add(passkey);
  const other = loginPasskey();
  await add(other);
  for (const ways of [
    ...elsewhere.map((from) => ({ from })),
    { to: randomBytes(32).toString("base64url") },
    { to: "" },
    { type: "webauthn.create" },
    { type: "payment.get" },
    { rpId: "evil.example" },
    { flags: present },
    { flags: verified },
    { flags: 0 },
    { signer: other },
    { trailing: "x" },
  ])
    assert.equal(
      await passkeys.use(passkey.used(ways), challenge),
      undefined,
      JSON.stringify(ways, (key, value: unknown) => (key === "signer" ? "other" : value)),
    );
  assert.equal(await passkeys.use(loginPasskey().used(), challenge), undefined, "nobody's");
  const cut = JSON.parse(passkey.used()) as { response: { signature: string } };
  cut.response.signature = cut.response.signature.slice(0, -8);
  assert.equal(await passkeys.use(JSON.stringify(cut), challenge), undefined);
});

test("a counter that does not rise is a copy of the key, however many try it at the same moment", async () => {
  const passkey = loginPasskey();
  await add(passkey, { counter: 5 });
  assert.equal(await passkeys.use(passkey.used({ counter: 6 }), challenge), accountId);
  for (const counter of [6, 5, 0])
    assert.equal(
      await passkeys.use(passkey.used({ counter }), challenge),
      undefined,
      String(counter),
    );
  const at = await Promise.all(
    Array.from({ length: 20 }, () => passkeys.use(passkey.used({ counter: 9 }), challenge)),
  );
  assert.equal(at.filter((one) => one === accountId).length, 1);
});
