import { signingAlgorithms } from "../../jws/signing-algorithms.ts";
import { optional } from "../../policy/object-shape.ts";
import { url } from "../../policy/scalars.ts";
import { choice, duration, list, named, oneOrMore, text } from "../../policy/shape.ts";
import { credential, source } from "./source-keys.ts";

const claimName = text("a claim's name");

export const keys = {
  accessToken: {
    most: optional(
      duration,
      "How long tokens of another issuer may live, from iat to exp, under the mode key tokenLife.",
    ),
  },
  identity: {
    jwksUri: optional(
      url(["https:", "http:"], "the address of the issuer's keys"),
      "Where the issuer's keys are, if its discovery document does not say.",
    ),
    algorithms: optional(
      list(choice(...signingAlgorithms.keys()), 1),
      "Signature algorithms that are accepted; never none, never shared secrets.",
    ),
    typ: optional(
      choice("at+jwt", "any"),
      "The type that access tokens carry; any is for issuers that do not send at+jwt.",
    ),
    clockTolerance: optional(
      duration,
      "How far the issuer's clock may be ahead for iat and nbf (30s); exp is never stretched.",
    ),
    rolesClaim: optional(claimName, "The claim that holds the caller's roles (roles)."),
    tierClaim: optional(claimName, "The claim that holds the caller's tier, for limits by tier."),
    deviceClaim: optional(claimName, "The claim that names the caller's device."),
    credential: optional(
      oneOrMore(credential),
      "Where the token sits, if not in Authorization as Bearer.",
    ),
    sources: optional(
      named(source),
      "Who else knows callers, each by a name: other issuers, sessions of the backend, API keys.",
    ),
    subjects: optional(
      choice("separate", "shared"),
      "Whether one subject of two sources is two people (separate), or the same (shared).",
    ),
  },
};
