import assert from "node:assert/strict";
import { test } from "node:test";
import { isRefusal, KeyRing } from "@portcullis/guard/tokens";
import { openTakers } from "../../packages/guard/src/controls/authentication/open-takers.ts";
import { usualClaims } from "../../packages/guard/src/controls/authentication/plan-claims.ts";
import { usualRules } from "./usual-rules.ts";
import { claims, forge, jwks, now } from "./forged-token.ts";

test("a token that was verified before is refused from the moment that its key is withdrawn", () => {
  const keys = new KeyRing(jwks);
  const main = {
    ...usualRules,
    kind: "token",
    tokenKind: "access",
    name: "issuer",
    main: true,
    builtin: false,
    issuer: claims.iss,
    audiences: [claims.aud],
    algorithms: ["ES256"],
    sharedSecret: undefined,
    jwksUri: undefined,
    keysInFile: false,
    places: [{ securityScheme: undefined, source: { header: "Authorization", scheme: "Bearer" } }],
    forward: "keep",
    exchange: undefined,
    claims: usualClaims,
  } as const;
  const { close, takerAt } = openTakers(
    {
      sources: [main],
      main,
      builtin: false,
      separate: false,
      unverified: [],
      mostLifeSeconds: undefined,
      stalenessSeconds: undefined,
    },
    { keys },
    { backendOf: () => assert.fail("nobody is asked") },
    () => undefined,
  );
  const token = forge();
  const code = (): string => {
    const outcome = takerAt.get("authorization bearer")?.verify(token, now);
    if (outcome === undefined) return "nothing";
    return isRefusal(outcome) ? outcome.problem.code : "accepted";
  };
  assert.equal(code(), "accepted");
  keys.replace({ keys: jwks.keys.filter((key) => (key as { kid?: string }).kid !== "ec") });
  assert.equal(code(), "token-key-unknown");
  keys.replace(jwks);
  assert.equal(code(), "accepted");
  close();
});
