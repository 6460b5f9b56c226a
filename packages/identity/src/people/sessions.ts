import { recordId } from "../names/record-names.ts";
import type { SessionFilter } from "../store/app-sessions.ts";
import type { Store, Tables } from "../store/store.ts";
import { revoke } from "./revoke.ts";

export interface AppSession {
  readonly id: string;
  readonly accountId: string;
  readonly clientId: string;
  readonly deviceId: string | undefined;
  /** App, build and system, or browser and system, as the sign-in said; may be empty. */
  readonly label: string;
  /** The network that it came from; may be empty. */
  readonly network: string;
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

/** The browser in which somebody ends everything else. */
export interface KeptBrowser {
  /** Of its session with the issuer. */
  readonly sessionUid: string;
  /** By which it is known, where it is. */
  readonly browserId: string | undefined;
}

export interface EndingOptions {
  readonly kept?: KeptBrowser;
  readonly also?: (tables: Tables) => Promise<void>;
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
    const open = await this.#store.appSessions.openOf(accountId, this.#now());
    return open.map((one) => ({
      id: one.id,
      accountId: one.accountId,
      clientId: one.clientId,
      deviceId: one.deviceId,
      label: one.label,
      network: one.network,
      createdAt: one.createdAtMs,
      usedAt: one.usedAtMs,
    }));
  }

  /**
   * Ends sessions by what they have in common. Their refresh tokens are gone, their access tokens
   * are refused. @returns how many
   */
  async end(which: SessionFilter, because: string): Promise<number> {
    return this.#store.inTransaction((tables) => endSessions(tables, which, because, this.#now()));
  }

  /**
   * Ends everything that was begun for an account: its sessions and tokens, browsers that are
   * signed in or known, sign-ins underway, codes and grants. Every node refuses them at once, and
   * every gate within a second.
   *
   * @param also what is done in the same transaction
   * @returns how many of the apps' sessions have ended
   */
  async endEverything(
    accountId: string,
    because: string,
    { also, kept }: EndingOptions = {},
  ): Promise<number> {
    const now = this.#now();
    return this.#store.inTransaction(async (tables) => {
      const raised = await tables.accounts.raiseEpoch(accountId);
      const ended = await endSessions(tables, { accountId }, because, now);
      const uid = kept === undefined ? undefined : recordId("uid", kept.sessionUid);
      await tables.oidcRecords.removeBrowserSessions(recordId("account", accountId), uid);
      if (raised !== undefined) {
        const { epoch, version } = raised;
        if (uid !== undefined) await tables.oidcRecords.keepBrowserSession(uid, epoch);
        if (kept?.browserId !== undefined)
          await tables.knownBrowsers.keep(accountId, kept.browserId, epoch);
        const leastVersion = { kind: "subject", value: accountId, leastVersion: version } as const;
        await revoke(tables.revocations, now, leastVersion);
      }
      await also?.(tables);
      return ended;
    });
  }

  /** The same for everybody. */
  async endEverythingOfEverybody(because: string): Promise<number> {
    const now = this.#now();
    return this.#store.inTransaction(async (tables) => {
      await tables.accounts.raiseEveryEpoch();
      const ended = await endSessions(tables, {}, because, now);
      await tables.oidcRecords.removeBrowserSessions(undefined, undefined);
      const beforeSeconds = Math.floor(now / 1000);
      await revoke(tables.revocations, now, { kind: "everything", value: "", beforeSeconds });
      return ended;
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

  /** The gate has seen access tokens of these generations: their answers have arrived. */
  async confirm(generations: ReadonlyMap<string, number>): Promise<void> {
    for (const [id, generation] of generations)
      await this.#store.appSessions.confirm(id, generation);
  }
}

/** Their refresh tokens are gone, their access tokens are refused. */
async function endSessions(
  { appSessions, oidcRecords, revocations, rotationReceipts }: Tables,
  which: SessionFilter,
  because: string,
  nowMs: number,
): Promise<number> {
  const ended = await appSessions.end(which, because, nowMs);
  for (const { grantRef, id } of ended) {
    await oidcRecords.removeOfGrant(grantRef);
    await rotationReceipts.removeOfGrant(grantRef);
    await revoke(revocations, nowMs, { kind: "session", value: id });
  }
  return ended.length;
}
