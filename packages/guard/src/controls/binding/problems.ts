import { defineProblems } from "../../facts/problem.ts";

export const problems = defineProblems("binding", {
  "proof-missing": {
    status: 401,
    title: "A proof of possession is needed",
    sentence: "Send the token as DPoP, with a proof made for this request.",
  },
  "proof-invalid": {
    status: 401,
    title: "The proof of possession is not valid",
    sentence: "Make a proof for this request, with the key the token is bound to.",
  },
  "proof-nonce-needed": {
    status: 401,
    title: "The proof of possession must carry the server's nonce",
    sentence: "Make a new proof with the nonce in DPoP-Nonce, and send the request again.",
  },
  "proof-replayed": {
    status: 401,
    title: "The proof of possession was used before",
    sentence: "Make a new proof for every request.",
  },
  "proof-memory-full": {
    status: 429,
    title: "Too many proofs of possession",
    sentence: "Wait for the time in Retry-After.",
  },
  "proof-memory-lost": {
    status: 503,
    title: "Whether the proof was used before cannot be told just now",
    sentence: "Try again after the time in Retry-After.",
  },
  "certificate-mismatch": {
    status: 401,
    title: "The client certificate is not the token's",
    sentence: "Connect with the certificate the token was asked for with.",
  },
});

/** Said whatever the stage of `binding` is, of tokens whose issuer gives them to bound apps only. */
export const possessionProblems = defineProblems("possession", {
  "bound-token-as-bearer": {
    status: 401,
    title: "The access token is bound to a key",
    sentence: "Send the token as DPoP, with a proof made with the key that it is bound to.",
  },
});
