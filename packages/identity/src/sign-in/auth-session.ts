import type { Sealing } from "../store/sealing.ts";
import type { Pending } from "./sign-in-parts.ts";

/** A sign-in without a browser, between its steps. */
export interface AuthSession {
  /** Its own name: codes that are mailed are bound to it. */
  readonly attempt: string;
  readonly clientId: string;
  readonly keyThumbprint: string;
  readonly redirectUri: string;
  readonly scope: string;
  readonly nonce: string | undefined;
  readonly codeChallenge: string;
  readonly needsMfa: boolean;
  readonly pending: Pending;
  readonly endsAtMs: number;
}

const about = "auth-session";

/**
 * The app keeps the whole session, sealed: it can neither read it nor make one up, and nobody can
 * go on with it who does not have the app's key.
 */
export const sealSession = (session: AuthSession, sealing: Sealing): string =>
  Buffer.from(sealing.seal(JSON.stringify(session), about)).toString("base64url");

/** Undefined when it is over, another app's or another key's, or none of ours. */
export function openSession(
  text: string,
  clientId: string,
  keyThumbprint: string,
  nowMs: number,
  sealing: Sealing,
): AuthSession | undefined {
  if (text === "" || text.length > 8000) return undefined;
  try {
    const session = JSON.parse(sealing.open(Buffer.from(text, "base64url"), about)) as AuthSession;
    return session.clientId === clientId &&
      session.keyThumbprint === keyThumbprint &&
      session.endsAtMs > nowMs
      ? session
      : undefined;
  } catch {
    return undefined;
  }
}
