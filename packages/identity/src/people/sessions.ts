import { recordId } from "../names/record-names.ts";
import type { SessionFilter } from "../store/app-sessions.ts";
import type { Store } from "../store/store.ts";
import { revoke } from "./revoke.ts";

export interface AppSession {
  readonly id: string;
  readonly accountId: string;
  readonly clientId: string;
  readonly deviceId: string | undefined;
  readonly createdAt: number;
  readonly usedAt: number;
}

/** A key that somebody has signed in with, as its owner sees it. */
export interface Device {
  readonly id: string;
  readonly label: string;
  readonly firstSeenAt: number;
  readonly lastSeenAt: number;
  readonly trusted: boolean;
}

/** Sign-ins of apps on devices, as their owner sees and ends them. */
export class Sessions {
  readonly #store: Store;
  readonly #now: () => number;

  constructor(store: Store, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  async of(accountId: string): Promise<readonly AppSession[]> {
    const open = await this.#store.appSessions.openOf(accountId);
    return open.map((one) => ({
      id: one.id,
      accountId: one.accountId,
      clientId: one.clientId,
      deviceId: one.deviceId,
      createdAt: one.createdAtMs,
      usedAt: one.usedAtMs,
    }));
  }

  /**
   * Ends sessions by what they have in common. Their refresh tokens are gone, their access tokens
   * are refused. @returns how many
   */
  async end(which: SessionFilter, because: string): Promise<number> {
    const now = this.#now();
    return this.#store.inTransaction(async (tables) => {
      const ended = await tables.appSessions.end(which, because, now);
      for (const { grantRef, id } of ended) {
        await tables.oidcRecords.removeOfGrant(grantRef);
        await tables.rotationReceipts.removeOfGrant(grantRef);
        await revoke(tables.revocations, now, { kind: "session", value: id });
      }
      return ended.length;
    });
  }

  async devices(accountId: string): Promise<readonly Device[]> {
    const devices = await this.#store.devices.of(accountId);
    return devices.map((one) => ({
      id: one.id,
      label: one.label,
      firstSeenAt: one.firstSeenAtMs,
      lastSeenAt: one.lastSeenAtMs,
      trusted: one.isTrusted,
    }));
  }

  /**
   * Its sessions end with it, and it is a new device when it comes back. @returns whether there was
   * one
   */
  async removeDevice(accountId: string, deviceId: string): Promise<boolean> {
    if (!(await this.#store.devices.remove(accountId, deviceId, this.#now()))) return false;
    await this.end({ accountId, deviceId }, "device-removed");
    return true;
  }

  /**
   * Signs browsers out of the issuer: whoever sits at one could otherwise open a new session
   * without the password.
   *
   * @param accountId undefined: everybody's
   * @param exceptUid the browser in which it is asked for
   */
  async endBrowsers(accountId: string | undefined, exceptUid?: string): Promise<void> {
    await this.#store.oidcRecords.removeBrowserSessions(
      accountId === undefined ? undefined : recordId("account", accountId),
      exceptUid === undefined ? undefined : recordId("uid", exceptUid),
    );
  }

  /** The gate has seen access tokens of these generations: their answers have arrived. */
  async confirm(generations: ReadonlyMap<string, number>): Promise<void> {
    for (const [id, generation] of generations)
      await this.#store.appSessions.confirm(id, generation);
  }
}
