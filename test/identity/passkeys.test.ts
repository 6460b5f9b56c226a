import assert from "node:assert/strict";
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";
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

const sha256 = (data: string | Buffer): Buffer => createHash("sha256").update(data).digest();
/** As much CBOR (RFC 8949) as a passkey needs. */
function cbor(value: unknown): Buffer {
  const head = (major: number, count: number): Buffer =>
    count < 24
      ? Buffer.of((major << 5) | count)
      : count < 256
        ? Buffer.of((major << 5) | 24, count)
        : Buffer.of((major << 5) | 25, count >> 8, count & 255);
  if (typeof value === "number") return value >= 0 ? head(0, value) : head(1, -1 - value);
  if (Buffer.isBuffer(value)) return Buffer.concat([head(2, value.length), value]);
  if (typeof value === "string")
    return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  const entries = [...(value as Map<unknown, unknown>)];
  return Buffer.concat([
    head(5, entries.length),
    ...entries.flatMap(([key, one]) => [cbor(key), cbor(one)]),
  ]);
}

const present = 0x01;
const verified = 0x04;
const attested = 0x40;

/** A passkey that lives in this test, and does what it is told to. */
class SoftPasskey {
  readonly id = randomBytes(16);
  readonly #key: KeyObject;
  readonly #coordinates: { x: Buffer; y: Buffer };

  constructor() {
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const { x = "", y = "" } = publicKey.export({ format: "jwk" });
    this.#key = privateKey;
    this.#coordinates = { x: Buffer.from(x, "base64url"), y: Buffer.from(y, "base64url") };
  }

  made({
    counter = 0,
    flags = present | verified | attested,
    from = origin,
    rpId = "login.example",
    to = challenge,
    type = "webauthn.create",
  } = {}): string {
    const { x, y } = this.#coordinates;
    const key = cbor(
      new Map<unknown, unknown>([
        [1, 2],
        [3, -7],
        [-1, 1],
        [-2, x],
        [-3, y],
      ]),
    );
    const idLength = Buffer.alloc(2);
    idLength.writeUInt16BE(this.id.length);
    const authData = Buffer.concat([
      authenticatorData(rpId, flags, counter),
      Buffer.alloc(16),
      idLength,
      this.id,
      key,
    ]);
    return this.#credential({
      clientDataJSON: clientData(type, to, from),
      attestationObject: cbor(
        new Map<unknown, unknown>([
          ["fmt", "none"],
          ["attStmt", new Map()],
          ["authData", authData],
        ]),
      ).toString("base64url"),
    });
  }

  used({
    counter = 0,
    flags = present | verified,
    from = origin,
    rpId = "login.example",
    to = challenge,
    type = "webauthn.get",
    signer = undefined as SoftPasskey | undefined,
    trailing = "",
  } = {}): string {
    const data = authenticatorData(rpId, flags, counter);
    const clientDataJSON = clientData(type, to, from);
    const signature = sign(
      "sha256",
      Buffer.concat([data, sha256(Buffer.from(clientDataJSON, "base64url"))]),
      (signer ?? this).#key,
    );
    return this.#credential({
      clientDataJSON,
      authenticatorData: Buffer.concat([data, Buffer.from(trailing)]).toString("base64url"),
      signature: signature.toString("base64url"),
    });
  }

  #credential(response: object): string {
    const id = this.id.toString("base64url");
    return JSON.stringify({
      id,
      rawId: id,
      type: "public-key",
      clientExtensionResults: {},
      response,
    });
  }
}

function authenticatorData(rpId: string, flags: number, counter: number): Buffer {
  const count = Buffer.alloc(4);
  count.writeUInt32BE(counter);
  return Buffer.concat([sha256(rpId), Buffer.of(flags), count]);
}
const clientData = (type: string, to: string, from: string): string =>
  Buffer.from(JSON.stringify({ type, challenge: to, origin: from, crossOrigin: false })).toString(
    "base64url",
  );

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
  const passkey = new SoftPasskey();
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
    assert.equal(await add(new SoftPasskey(), ways), false, JSON.stringify(ways));
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
  const passkey = new SoftPasskey();
  await add(passkey);
  const other = new SoftPasskey();
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
  assert.equal(await passkeys.use(new SoftPasskey().used(), challenge), undefined, "nobody's");
  const cut = JSON.parse(passkey.used()) as { response: { signature: string } };
  cut.response.signature = cut.response.signature.slice(0, -8);
  assert.equal(await passkeys.use(JSON.stringify(cut), challenge), undefined);
});

test("a counter that does not rise is a copy of the key, however many try it at the same moment", async () => {
  const passkey = new SoftPasskey();
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
