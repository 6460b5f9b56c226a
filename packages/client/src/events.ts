import type { SignedOut } from "./problems.ts";

/** What an app may want to show or count. */
export interface ClientEvents {
  readonly "signed-in": { readonly scope: string | undefined };
  readonly "signed-out": { readonly reason: SignedOut["reason"] };
  readonly refreshed: { readonly generation: number };
  readonly "step-up": {
    readonly acrValues: readonly string[];
    readonly maxAgeSeconds: number | undefined;
  };
  readonly "upgrade-needed": { readonly url: string | undefined };
  readonly "version-ended": { readonly successor: string | undefined };
}
