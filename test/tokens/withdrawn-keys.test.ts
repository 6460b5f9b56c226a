import assert from "node:assert/strict";
import { test } from "node:test";
import { isRefusal, KeyRing } from "@portcullis/guard/tokens";
import { openAuthentication } from "../../packages/guard/src/controls/authentication/open.ts";
import { claims, forge, jwks, now } from "./forged-token.ts";

test("a token that was verified before is refused from the moment that its key is withdrawn", () => {
  const keys = new KeyRing(jwks);
  const authentication = openAuthentication(
    {
      issuer: claims.iss,
      audiences: [claims.aud],
      algorithms: ["ES256"],
      typ: "at+jwt",
      clockToleranceSeconds: 30,
      rolesClaim: "roles",
      tierClaim: undefined,
      deviceClaim: undefined,
      credentials: [],
      builtin: false,
      mostLifeSeconds: undefined,
      stalenessSeconds: undefined,
    } as unknown as Parameters<typeof openAuthentication>[0],
    { keys },
  );
  const token = forge();
  const code = (): string => {
    const outcome = authentication?.verify(token, now);
    if (outcome === undefined) return "nothing";
    return isRefusal(outcome) ? outcome.problem.code : "accepted";
  };
  assert.equal(code(), "accepted");
  keys.replace({ keys: jwks.keys.filter((key) => (key as { kid?: string }).kid !== "ec") });
  assert.equal(code(), "token-key-unknown");
  keys.replace(jwks);
  assert.equal(code(), "accepted");
  authentication?.close();
});
