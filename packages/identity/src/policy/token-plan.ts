import type { Plan } from "@portcullis/guard/policy";

type Controls = Plan["controls"];

/** What the gate's plan asks of access tokens, which the issuer must make accordingly. */
export type TokenPlan = { readonly issuer: string; readonly audiences: readonly string[] } & Pick<
  Controls["binding"],
  "binding" | "requireNonce"
>;
