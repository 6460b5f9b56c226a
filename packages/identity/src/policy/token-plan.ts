import type { Plan } from "@portcullis/guard/policy";

type Controls = Plan["controls"];

/** What the gate's plan asks of access tokens, which the issuer must make accordingly. */
export type TokenPlan = Pick<NonNullable<Controls["authentication"]>, "audiences" | "issuer"> &
  Pick<Controls["binding"], "binding" | "requireNonce">;
