import type { Serving } from "./serving.ts";
import type { TrustedIssuer } from "./trusted-issuer.ts";

/** Why no token can be believed yet, in words; undefined where there is nothing in the way. */
export function missingKeys({ plan }: Serving, { keys }: TrustedIssuer): string | undefined {
  const { authentication } = plan.controls;
  const { main } = authentication ?? {};
  return main !== undefined && keys === undefined
    ? `the keys of ${main.issuer} were not yet obtained`
    : undefined;
}
