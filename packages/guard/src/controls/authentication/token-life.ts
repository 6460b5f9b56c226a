import { refuse, type Refusal } from "../../facts/refusal.ts";
import type { Check } from "../check.ts";
import { challenge } from "./challenge.ts";
import { lifeProblems } from "./problems.ts";

/** Is told of the token of each request, in seconds; undefined where it does not say its beginning. */
export type NoteTokenTimes = (life: number | undefined, age: number | undefined) => void;

/**
 * Whether a token of another issuer lives longer than the policy wants. That bounds its age too: one
 * that has not expired is never older than its life. One that does not say when it was issued could
 * be as old as any, and is refused as such (RFC 9068 asks for `iat`).
 */
export function compileTokenLife(
  mostSeconds: number | undefined,
  note: NoteTokenTimes | undefined,
): Check<"caller"> | undefined {
  if (mostSeconds === undefined && note === undefined) return undefined;
  return ({ caller, receivedAtMs }) => {
    if (caller === undefined || !caller.elsewhere) return undefined;
    const { expiresAtSeconds, issuedAtSeconds } = caller;
    if (issuedAtSeconds === undefined) {
      note?.(undefined, undefined);
      return mostSeconds === undefined ? undefined : over("it does not say when it was issued");
    }
    const life = expiresAtSeconds - issuedAtSeconds;
    // The issuer's clock may be a little ahead.
    note?.(life, Math.max(0, receivedAtMs / 1000 - issuedAtSeconds));
    return mostSeconds !== undefined && life > mostSeconds
      ? over(`it lives ${life} seconds, where ${mostSeconds} are the most`)
      : undefined;
  };
}

const over = (detail: string): Refusal =>
  challenge(refuse(lifeProblems["token-life-exceeded"], { detail }));
