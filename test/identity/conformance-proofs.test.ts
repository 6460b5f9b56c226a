import assert from "node:assert/strict";
import { createHash, generateKeyPairSync, type KeyObject, randomUUID, sign } from "node:crypto";
import { after, before, test } from "node:test";
import { App, type Tokens } from "./app.ts";
import { email, type Outsider, startOutsider } from "./outsider.ts";

// What OAuth, OpenID Connect and their security advice ask for, as an outsider can check it. Each
// test names its source.
let app: Outsider["app"];
let gate: Outsider["gate"];
let post: Outsider["post"];

before(async () => {
  ({ app, gate, post } = await startOutsider());
});
after(() => gate.close());

test("a bound token needs its proof at the gate: as Bearer, without one, by another key, replayed (RFC 9449 7)", async () => {
  const tokens = await app.signIn(email);
  const at = `${gate.origin}/notes`;
  const codeOf = async (headers: Record<string, string>, url = at): Promise<string> =>
    ((await (await gate.fetch(url, { headers })).json()) as { code?: string }).code ?? "passed";
  assert.equal(await codeOf({ Authorization: `Bearer ${tokens.access_token}` }), "proof-missing");
  assert.equal(await codeOf({ Authorization: `DPoP ${tokens.access_token}` }), "proof-missing");
  const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const stranger = proof(pair, tokens, at);
  assert.equal(
    await codeOf({ Authorization: `DPoP ${tokens.access_token}`, DPoP: stranger }),
    "proof-invalid",
  );

  const own = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const mine = await signInWithPlainKey(own);
  const good = proof(own, mine, at);
  assert.equal(await codeOf({ Authorization: `DPoP ${mine.access_token}`, DPoP: good }), "passed");
  assert.equal(
    await codeOf({ Authorization: `DPoP ${mine.access_token}`, DPoP: good }),
    "proof-replayed",
  );
  assert.equal(
    await codeOf({
      Authorization: `DPoP ${mine.access_token}`,
      DPoP: proof(own, mine, `${gate.origin}/admin`),
    }),
    "proof-invalid",
  );
  const fifty = proof(own, mine, at);
  const answers = await Promise.all(
    Array.from({ length: 50 }, () =>
      codeOf({ Authorization: `DPoP ${mine.access_token}`, DPoP: fifty }),
    ),
  );
  assert.equal(answers.filter((one) => one === "passed").length, 1);
  assert.equal(answers.filter((one) => one === "proof-replayed").length, 49);
  const late = await gate.fetch(at, {
    headers: {
      Authorization: `DPoP ${mine.access_token}`,
      DPoP: proof(own, mine, at, { iat: Math.floor(Date.now() / 1000) - 3600 }),
    },
  });
  assert.equal(((await late.json()) as { code: string }).code, "proof-nonce-needed");
  assert.match(late.headers.get("www-authenticate") ?? "", /use_dpop_nonce/);
  const nonce = late.headers.get("dpop-nonce") ?? "";
  assert.equal(
    await codeOf({
      Authorization: `DPoP ${mine.access_token}`,
      DPoP: proof(own, mine, at, { iat: Math.floor(Date.now() / 1000) - 3600, nonce }),
    }),
    "passed",
  );
});

interface PlainPair {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

function proof(
  { privateKey, publicKey }: PlainPair,
  tokens: Pick<Tokens, "access_token"> | undefined,
  htu: string,
  over: Readonly<Record<string, unknown>> = {},
  htm = "GET",
): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const header = { typ: "dpop+jwt", alg: "ES256", jwk: publicKey.export({ format: "jwk" }) };
  const ath =
    tokens === undefined
      ? undefined
      : createHash("sha256").update(tokens.access_token).digest("base64url");
  const iat = Math.floor(Date.now() / 1000);
  const signed = `${part(header)}.${part({ jti: randomUUID(), htm, htu, iat, ath, ...over })}`;
  const signature = sign("sha256", Buffer.from(signed), {
    key: privateKey,
    dsaEncoding: "ieee-p1363",
  });
  return `${signed}.${signature.toString("base64url")}`;
}

async function signInWithPlainKey(pair: PlainPair): Promise<Tokens> {
  const plain = await new App(gate).begin(false);
  const { parameters, verifier } = await plain.authorize(email);
  const { body, status } = await post(
    "/oauth/token",
    {
      grant_type: "authorization_code",
      client_id: "notes-app",
      code: parameters.get("code") ?? "",
      redirect_uri: plain.redirectUri,
      code_verifier: verifier,
    },
    { DPoP: proof(pair, undefined, `${gate.origin}/oauth/token`, {}, "POST") },
  );
  assert.equal(status, 200, JSON.stringify(body));
  return body as unknown as Tokens;
}

test("a proof dated ahead is not taken again when the memory would have ended (RFC 9449 11.1)", async () => {
  const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const refresh = (await signInWithPlainKey(pair)).refresh_token as string;
  const ahead = proof(
    pair,
    undefined,
    `${gate.origin}/oauth/token`,
    { iat: Math.floor(Date.now() / 1000) + 290 },
    "POST",
  );
  const fields = { grant_type: "refresh_token", client_id: "notes-app", refresh_token: refresh };
  const first = await post("/oauth/token", fields, { DPoP: ahead });
  assert.equal(first.status, 200);
  const again = await post(
    "/oauth/token",
    { ...fields, refresh_token: String(first.body["refresh_token"]) },
    { DPoP: ahead },
  );
  assert.equal(again.status, 400);
});

test("one proof at the token endpoint, fifty times at once, is taken once", async () => {
  const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const refresh = (await signInWithPlainKey(pair)).refresh_token as string;
  const one = proof(pair, undefined, `${gate.origin}/oauth/token`, {}, "POST");
  const answers = await Promise.all(
    Array.from({ length: 50 }, () =>
      post(
        "/oauth/token",
        { grant_type: "refresh_token", client_id: "notes-app", refresh_token: refresh },
        { DPoP: one },
      ),
    ),
  );
  assert.equal(answers.filter(({ status }) => status === 200).length, 1);
});
