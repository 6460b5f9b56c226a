import type { TokenSource } from "@portcullis/guard/policy";
import type { Jwks } from "@portcullis/guard/tokens";
import { publicPart, SigningKeys } from "@portcullis/identity/signing-keys";
import { fetchKeys } from "../../../keys/fetch-keys.ts";
import { withStore } from "../../open-store.ts";
import type { Explained } from "./explaining-gate.ts";

/**
 * The keys that the gate would judge a token by: those of the store here, or those that the issuer
 * publishes. Undefined when they cannot be had, as for a gate that has just started.
 */
export async function keysOfIssuer(
  { command, environment, say }: Explained,
  { builtin, issuer = "", jwksUri }: TokenSource,
): Promise<Jwks | undefined> {
  try {
    if (!builtin) return await fetchKeys(issuer, jwksUri);
    return await withStore(command, environment, async ({ sealing, store }) => {
      const keys = await new SigningKeys(store.signingKeys, sealing, Date.now).forProvider();
      return { keys: keys.map(publicPart) };
    });
  } catch (fault) {
    say(`the keys of ${issuer} cannot be had here: ${(fault as Error).message}`);
    return undefined;
  }
}
