import type { Caller } from "../../facts/caller.ts";
import { isRefusal, refuse, type Refusal } from "../../facts/refusal.ts";
import { signInProblems } from "../../facts/sign-in-problems.ts";
import type { Check } from "../check.ts";
import { challenge } from "./challenge.ts";
import type { FindCredential } from "./find-credential.ts";

export interface AuthenticateRules {
  readonly findCredential: FindCredential;
  /** Verifies the token, or remembers that it was verified. */
  readonly verify: (token: string, nowSeconds: number) => Caller | Refusal;
  /** Judges a verified token again, later. */
  readonly believes: (token: string, nowSeconds: number) => Refusal | undefined;
  /** Whether a caller without a credential may go on: the operation is open to anybody. */
  readonly anonymous: boolean;
}

/**
 * Who calls. A credential that is presented is verified even where none is needed: a bad one is
 * refused rather than ignored, or an expired token would silently turn a customer into a stranger.
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
    const outcome = verify(credential, Math.floor(known.receivedAtMs / 1000));
    if (isRefusal(outcome)) return challenge(outcome);
    known.accessToken = credential;
    known.believes = believes;
    known.caller = outcome;
    return undefined;
  };
}
