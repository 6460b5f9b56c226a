import type { AccessTokenRules } from "../../packages/guard/src/controls/authentication/access-token.ts";
import { compileCallerOf } from "../../packages/guard/src/controls/authentication/claims.ts";
import { usualClaims } from "../../packages/guard/src/controls/authentication/plan-claims.ts";

/** Those of the form with one issuer, where the policy says no more. */
export const usualRules = {
  clients: [],
  clientClaims: [],
  clientNeeded: false,
  requires: {},
  typ: "at+jwt",
  kind: "access",
  expiryNeeded: true,
  clockToleranceSeconds: 30,
  subjectClaim: undefined,
} as const satisfies Partial<AccessTokenRules>;

export const usualCaller = (places: Partial<typeof usualClaims> = {}) =>
  compileCallerOf({
    source: "issuer",
    separate: false,
    elsewhere: true,
    takesNames: false,
    places: { ...usualClaims, ...places },
  });
