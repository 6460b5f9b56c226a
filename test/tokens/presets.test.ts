import assert from "node:assert/strict";
import { test } from "node:test";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { isRefusal, KeyRing } from "@portcullis/guard/tokens";
import type { TokenSource } from "@portcullis/guard/policy";
import { openTakers } from "../../packages/guard/src/controls/authentication/open-takers.ts";
import { planned } from "../policy/planned.ts";
import { idTokens, otherTokens } from "./other-tokens.ts";
import { accessTokens } from "./vendor-tokens.ts";
import { issuers, type Vendor, vendors } from "./vendors.ts";

const { privateKey, publicKey } = await generateKeyPair("RS256");
const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: "k", alg: "RS256" }] };
const nowSeconds = Math.floor(Date.now() / 1000);

const sign = (claims: Readonly<Record<string, unknown>>, typ?: string): Promise<string> =>
  new SignJWT({ iat: nowSeconds, exp: nowSeconds + 600, ...claims })
    .setProtectedHeader({ alg: "RS256", kid: "k", ...(typ === undefined ? {} : { typ }) })
    .sign(privateKey);

/** Judges by the preset, with the keys that sign every token here. */
async function judgeBy(preset: Vendor, issuer: string, named: string) {
  const { faults, plan } = await planned(
    `identity: { sources: { people: { issuer: "${issuer}", preset: ${preset}, ${named} } } }\n`,
  );
  const authentication = plan?.controls.authentication;
  assert.ok(authentication !== undefined, faults.join("\n"));
  const { takerAt } = openTakers(
    authentication,
    { sourceKeys: () => new KeyRing(jwks) },
    { backendOf: () => assert.fail("nobody is asked") },
    () => undefined,
  );
  return {
    source: authentication.sources[0] as TokenSource,
    judge: (token: string) => {
      const said = takerAt.get("authorization bearer")?.verify(token, nowSeconds);
      assert.ok(said !== undefined);
      return said;
    },
  };
}

for (const vendor of vendors) {
  const { claims, expected, named, typ } = accessTokens[vendor];
  test(`a token as ${vendor} makes it is a caller by its preset`, async () => {
    const { judge } = await judgeBy(vendor, issuers[vendor], named);
    const said = judge(await sign({ iss: issuers[vendor], ...claims }, typ));
    assert.ok(!isRefusal(said), JSON.stringify(said));
    const { clientId, roles, scopes, sessionId, subject } = said;
    assert.deepEqual({ subject, clientId, roles, scopes, sessionId }, expected);
  });

  test(`the preset ${vendor} refuses the tokens of every other issuer`, async () => {
    const { judge } = await judgeBy(vendor, issuers[vendor], named);
    for (const other of vendors) {
      if (other === vendor) continue;
      const token = accessTokens[other];
      const said = judge(await sign({ iss: issuers[other], ...token.claims }, token.typ));
      assert.ok(isRefusal(said), other);
    }
  });
}

for (const [vendor, idToken] of Object.entries(idTokens) as [Vendor, Record<string, unknown>][])
  test(`the preset ${vendor} refuses the ID token of the very same issuer and audience`, async () => {
    const { judge } = await judgeBy(vendor, issuers[vendor], accessTokens[vendor].named);
    const { aud } = accessTokens[vendor].claims;
    const said = judge(await sign({ iss: issuers[vendor], aud, ...idToken }));
    assert.ok(isRefusal(said));
    assert.ok(["token-type-mismatch", "token-audience-mismatch"].includes(said.problem.code));
  });

test("a token of a neighbouring preset is refused though issuer, audience and key were the same", async () => {
  for (const [preset, claims] of otherTokens) {
    const { judge } = await judgeBy(preset, issuers[preset], accessTokens[preset].named);
    const said = judge(await sign({ iss: issuers[preset], ...claims }));
    assert.ok(isRefusal(said), `${preset} ${JSON.stringify(claims)}`);
  }
});
