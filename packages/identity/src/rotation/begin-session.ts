import { deviceIdOf, grantRef, sessionIdOf } from "../names/record-names.ts";
import type { Tables } from "../store/store.ts";

/** What the redemption of a code says of a sign-in. */
export interface NewSession {
  readonly grantId: string;
  readonly accountId: string;
  readonly clientId: string;
  readonly epoch: number;
  /** Of the key that its tokens are bound to; undefined: to none. */
  readonly keyThumbprint: string | undefined;
  readonly isMfa: boolean;
  readonly label: string;
  readonly network: string;
  /** When the tokens that were given end by themselves. */
  readonly endsAtMs: number;
}

/**
 * A code was redeemed: from here on there is a session that its owner can see and end, whether or
 * not its tokens are bound to a key and can be renewed.
 */
export async function beginSession(
  { appSessions, devices }: Tables,
  session: NewSession,
  nowMs: number,
): Promise<void> {
  const { accountId, clientId, endsAtMs, epoch, grantId, isMfa, keyThumbprint } = session;
  const deviceId = keyThumbprint === undefined ? undefined : deviceIdOf(keyThumbprint);
  await appSessions.begin({
    id: sessionIdOf(grantId),
    grantRef: grantRef(grantId),
    accountId,
    clientId,
    deviceId,
    epoch,
    label: session.label,
    network: session.network,
    createdAtMs: nowMs,
    endsAtMs,
  });
  if (deviceId === undefined) return;
  await devices.noteSignIn({
    accountId,
    id: deviceId,
    clientId,
    isTrusted: isMfa,
    epoch,
    atMs: nowMs,
  });
}
