import type { VaultEntry, VaultPort } from "./ports.ts";

/** A session as it is kept: one entry, written whole. */
export interface SessionRecord {
  /**
   * Counts the refreshes on this device: who finds a higher one than they knew has been overtaken.
   */
  readonly generation: number;
  readonly accessToken: string;
  readonly tokenType: "DPoP" | "Bearer";
  readonly refreshToken: string | undefined;
  readonly idToken: string | undefined;
  readonly scope: string | undefined;
  /** By the device's clock when it was written. */
  readonly expiresAt: number;
  readonly lifeSeconds: number;
}

/** A sign-in that has begun: what it needs to end, even when the app was killed meanwhile. */
export interface PendingSignIn {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  readonly redirectUri: string;
  readonly startedAt: number;
}

const sessionName = "session";
const pendingName = "sign-in";
const revokeName = "to-revoke";

/**
 * The entries of the vault, typed. What cannot be read is treated as not there: a broken entry must
 * not lock anybody out.
 */
export class Records {
  readonly #vault: VaultPort;
  /** What could not be stored: it is the truth until it can. */
  #unstored: { readonly record: SessionRecord; readonly over: string | undefined } | undefined;

  constructor(vault: VaultPort) {
    this.#vault = vault;
  }

  async session(): Promise<
    { readonly record: SessionRecord; readonly version: string | undefined } | undefined
  > {
    if (
      this.#unstored !== undefined &&
      (await this.#store(this.#unstored.record, this.#unstored.over))
    )
      this.#unstored = undefined;
    if (this.#unstored !== undefined)
      return { record: this.#unstored.record, version: this.#unstored.over };
    const entry = await this.#vault.read(sessionName);
    const record = readJson(entry) as SessionRecord | undefined;
    return record === undefined ||
      typeof record.generation !== "number" ||
      typeof record.accessToken !== "string"
      ? undefined
      : { record, version: entry?.version };
  }

  /**
   * Stored and read back before anybody uses it. Where the vault fails, it is held in memory and
   * tried again.
   *
   * @returns whether it will be there after this process has ended
   */
  async keepSession(record: SessionRecord, over: string | undefined): Promise<boolean> {
    if (await this.#store(record, over)) {
      this.#unstored = undefined;
      return true;
    }
    const now = await this.#vault.read(sessionName).catch(() => undefined);
    const other = readJson(now) as SessionRecord | undefined;
    // Another process was faster: its record is as good, and newer.
    if (other !== undefined && other.generation >= record.generation && now?.version !== over)
      return true;
    this.#unstored = { record, over: now?.version ?? over };
    return false;
  }

  async dropSession(): Promise<void> {
    this.#unstored = undefined;
    await this.#drop(sessionName);
  }

  async keepPending(pending: PendingSignIn): Promise<void> {
    const before = await this.#vault.read(pendingName);
    await this.#vault.compareAndSet(pendingName, before?.version, JSON.stringify(pending));
  }

  async pending(): Promise<PendingSignIn | undefined> {
    return readJson(await this.#vault.read(pendingName)) as PendingSignIn | undefined;
  }

  async dropPending(): Promise<void> {
    await this.#drop(pendingName);
  }

  /** Tokens of sign-outs that the server has not heard of yet. */
  async toRevoke(): Promise<readonly string[]> {
    return (readJson(await this.#vault.read(revokeName)) as string[] | undefined) ?? [];
  }

  async changeToRevoke(change: (tokens: readonly string[]) => readonly string[]): Promise<void> {
    for (let tries = 0; tries < 3; tries += 1) {
      const entry = await this.#vault.read(revokeName);
      const tokens = change((readJson(entry) as string[] | undefined) ?? []);
      if (
        await this.#vault.compareAndSet(
          revokeName,
          entry?.version,
          tokens.length === 0 ? undefined : JSON.stringify(tokens),
        )
      )
        return;
    }
  }

  async #store(record: SessionRecord, over: string | undefined): Promise<boolean> {
    try {
      if (!(await this.#vault.compareAndSet(sessionName, over, JSON.stringify(record))))
        return false;
      return (
        (readJson(await this.#vault.read(sessionName)) as SessionRecord | undefined)
          ?.accessToken === record.accessToken
      );
    } catch {
      return false;
    }
  }

  async #drop(name: string): Promise<void> {
    for (let tries = 0; tries < 3; tries += 1) {
      const entry = await this.#vault.read(name);
      if (entry === undefined || (await this.#vault.compareAndSet(name, entry.version, undefined)))
        return;
    }
  }
}

function readJson(entry: VaultEntry | undefined): unknown {
  if (entry === undefined) return undefined;
  try {
    return JSON.parse(entry.value);
  } catch {
    return undefined;
  }
}
