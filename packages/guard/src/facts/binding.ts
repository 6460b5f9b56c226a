import { defineProblems } from "./problem.ts";

/**
 * How tokens are bound to the device that asked for them. `none`: nobody looks. `optional`: a token
 * that names a key or a certificate is held to it. `dpop`, `mtls`: a token that names none is
 * refused.
 */
export const bindings = ["none", "optional", "dpop", "mtls"] as const;
export type Binding = (typeof bindings)[number];

/** Said wherever a token must name what it is bound to. */
export const bindingProblems = defineProblems("binding", {
  "token-unbound": {
    status: 401,
    title: "The access token is not bound to this device",
    sentence: "Ask for a token with a proof of possession (DPoP) or a client certificate.",
  },
});
