import type { Principal } from "../credentials/principal.ts";
import type { Check } from "../exchange.ts";
import { refuse, type Refusal } from "../refusal.ts";
import type { JourneyExchange } from "./step.ts";

export interface AuthenticateRules {
  /** The one credential of the request; a refusal when it is malformed or there are two; undefined when there is none. */
  readonly findCredential: (rawHeaders: readonly string[]) => string | Refusal | undefined;
  /** Verifies the token, or remembers that it was verified. */
  readonly verify: (token: string, nowSeconds: number) => Principal | Refusal;
  /** Adds the WWW-Authenticate field that fits (RFC 6750 section 3). */
  readonly challenge: (refusal: Refusal) => Refusal;
  /** Whether a caller without a credential may go on: the operation is open to anybody. */
  readonly anonymous: boolean;
}

/**
 * Step 40. Who calls. A credential that is presented is verified even where none is needed: a bad one is refused rather
 * than ignored, or an expired token would silently turn a customer into a stranger.
 */
export function prepareAuthenticate({ anonymous, challenge, findCredential, verify }: AuthenticateRules): Check<JourneyExchange> {
  const missing = challenge(refuse("credential-missing", { detail: "no credential was presented" }));
  return (exchange) => {
    const credential = findCredential(exchange.arrival.rawHeaders);
    if (credential === undefined) return anonymous ? undefined : missing;
    if (typeof credential !== "string") return challenge(credential);
    const outcome = verify(credential, Math.floor(exchange.receivedAtMs / 1000));
    if ("code" in outcome) return challenge(outcome);
    exchange.accessToken = credential;
    exchange.principal = outcome;
    exchange.user = outcome.subject;
    exchange.client = outcome.clientId;
    exchange.device = outcome.deviceId;
    exchange.tier = outcome.tier;
    return undefined;
  };
}
