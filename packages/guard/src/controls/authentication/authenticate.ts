import type { Facts } from "../../facts/facts.ts";
import { isRefusal, refuse } from "../../facts/refusal.ts";
import { signInProblems } from "../../facts/sign-in-problems.ts";
import type { Check } from "../check.ts";
import { challenge } from "./challenge.ts";
import type { FindCredential } from "./find-credential.ts";
import type { VerifyToken } from "./verified-token-cache.ts";

export interface AuthenticateRules {
  readonly findCredential: FindCredential;
  /** Verifies the token, or remembers that it was verified. */
  readonly verify: VerifyToken;
  /** Judges a verified token again, later. */
  readonly believes: NonNullable<Facts["believes"]>;
  /** Whether a caller without a credential may go on: the operation is open to anybody. */
  readonly anonymous: boolean;
}

/**
 * Finds out who calls. A credential that is sent is verified even where the operation needs none,
 * and a bad one is refused. If it were ignored, a customer whose token has expired would silently
 * be served as somebody who is not signed in.
 */
export function compileAuthenticate({
  anonymous,
  believes,
  findCredential,
  verify,
}: AuthenticateRules): Check<never, "accessToken" | "believes" | "caller"> {
  const missing = challenge(
    refuse(signInProblems["credential-missing"], { detail: "no credential was presented" }),
  );
  return (known) => {
    const credential = findCredential(known.arrival.rawHeaders);
    if (credential === undefined) return anonymous ? undefined : missing;
    if (typeof credential !== "string") return challenge(credential);
    const outcome = verify(
      credential,
      Math.floor(known.receivedAtMs / 1000),
      known.clockDoubtSeconds,
    );
    if (isRefusal(outcome)) return challenge(outcome);
    known.accessToken = credential;
    known.believes = believes;
    known.caller = outcome;
    return undefined;
  };
}
