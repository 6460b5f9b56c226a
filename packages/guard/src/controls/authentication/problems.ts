import { defineProblems } from "../../facts/problem.ts";

export const problems = defineProblems("authentication", {
  "credential-malformed": {
    status: 401,
    title: "The credential is malformed",
    sentence: "Send one access token in the form the API documents.",
  },
  "credential-ambiguous": {
    status: 400,
    title: "More than one credential was sent",
    sentence: "Send exactly one credential.",
  },
  "token-malformed": {
    status: 401,
    title: "The access token is malformed",
    sentence: "Sign in again.",
  },
  "token-algorithm-refused": {
    status: 401,
    title: "The access token's signature algorithm is not accepted",
    sentence: "Use a token from the API's own issuer.",
  },
  "token-signature-invalid": {
    status: 401,
    title: "The access token's signature is not valid",
    sentence: "Sign in again.",
  },
  "token-key-unknown": {
    status: 401,
    title: "The access token was signed with a key that is not known",
    sentence: "Sign in again.",
  },
  "token-type-mismatch": {
    status: 401,
    title: "This is not an access token",
    sentence: "Send an access token, not another kind of token.",
  },
  "token-issuer-mismatch": {
    status: 401,
    title: "The access token is from another issuer",
    sentence: "Sign in with the API's own issuer.",
  },
  "token-audience-mismatch": {
    status: 401,
    title: "The access token is for another API",
    sentence: "Ask for a token for this API.",
  },
  "token-expired": {
    status: 401,
    title: "The access token has expired",
    sentence: "Refresh the token and send the request again.",
  },
  "token-not-yet-valid": {
    status: 401,
    title: "The access token is not valid yet",
    sentence: "Check the clock of the device.",
  },
  "token-claims-invalid": {
    status: 401,
    title: "The access token's claims are not acceptable",
    sentence: "Sign in again.",
  },
  "token-outdated": {
    status: 401,
    title: "What the account may do has changed",
    sentence: "Refresh the token and send the request again.",
  },
  "api-key-invalid": {
    status: 401,
    title: "The API key is not valid",
    sentence: "Send a key that is known and has not ended.",
  },
  "certificate-invalid": {
    status: 401,
    title: "The certificate is not valid",
    sentence: "Connect with a certificate that an authority of this API has signed.",
  },
  "session-invalid": {
    status: 401,
    title: "The session is not valid",
    sentence: "Sign in again.",
  },
  "sign-in-not-learned": {
    status: 502,
    title: "Who has signed in cannot be told",
    sentence: "Sign in again.",
  },
  "exchange-refused": {
    status: 502,
    title: "The access token cannot be exchanged for the API's own",
    sentence: "Sign in again, or ask who runs the API.",
  },
  "exchange-unavailable": {
    status: 503,
    title: "Access tokens cannot be exchanged just now",
    sentence: "Try again after the time in Retry-After.",
  },
  "caller-unknown": {
    status: 503,
    title: "Who calls cannot be told just now",
    sentence: "Try again after the time in Retry-After.",
  },
  "keys-unavailable": {
    status: 503,
    title: "Tokens cannot be checked just now",
    sentence: "Try again after the time in Retry-After.",
  },
  "revocations-unknown": {
    status: 503,
    title: "Whether the access token was revoked cannot be told just now",
    sentence: "Try again after the time in Retry-After.",
  },
});

/** Of tokens that are valid, and live longer than the policy wants. */
export const lifeProblems = defineProblems("tokenLife", {
  "token-life-exceeded": {
    status: 401,
    title: "The access token lives too long",
    sentence: "Ask for a token that expires sooner after it was issued, and says when that was.",
  },
});
