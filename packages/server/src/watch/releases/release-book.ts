import { StoreTrouble } from "../store-trouble.ts";
import { type Build, FirstSeen } from "./first-seen.ts";
import { isEvent, type Release, releaseKey } from "./release.ts";

/** Where releases outlive the program, and other nodes read them. */
export interface ReleaseStore {
  /** Says it, over what callers have shown. */
  put(release: Release): Promise<void>;
  /** Notes it, unless the version is known already. */
  putFirst(release: Release): Promise<void>;
  remove(app: string, version: string): Promise<void>;
  /** The newest first. */
  newest(most: number): Promise<readonly Release[]>;
  removeBefore(atMs: number): Promise<void>;
}

export interface ReleaseBookParts {
  /** Undefined: releases last as long as the process. */
  readonly store: ReleaseStore | undefined;
  /** Whether the policy that serves has this app; without any, each is as good as another. */
  readonly isDeclared: (app: string) => boolean;
  /** Milliseconds since 1970. */
  readonly nowMs: () => number;
  readonly say: (message: string) => void;
}

const readEveryMs = 5000;
const mostKept = 2000;
const keepMs = 2 * 365 * 86_400_000;

/** What was released when, as people say and as callers show. */
export class ReleaseBook {
  readonly #parts: ReleaseBookParts;
  readonly #known = new Map<string, Release>();
  /** Since when each app is known. */
  readonly #since = new Map<string, number>();
  /** Those that callers have shown, and that the store has not taken yet. */
  readonly #unwritten = new Map<string, Release>();
  readonly #firstSeen: FirstSeen;
  readonly #timer: NodeJS.Timeout | undefined;
  #reading: Promise<void> | undefined;
  readonly #trouble: StoreTrouble;

  constructor(parts: ReleaseBookParts) {
    this.#parts = parts;
    this.#trouble = new StoreTrouble("releases", parts.say);
    this.#firstSeen = new FirstSeen({
      knownSince: (app) => this.#since.get(app),
      isKnown: (app, version) => this.#known.has(releaseKey(app, version)),
      known: (app) => [...this.#known.values()].filter((one) => one.app === app),
      isDeclared: parts.isDeclared,
      onFirst: (app, version, source, atMs) => {
        const first = { app, version, source, atMs, by: undefined, note: undefined };
        this.#learn(first);
        if (parts.store !== undefined) this.#unwritten.set(releaseKey(app, version), first);
      },
    });
    if (parts.store !== undefined)
      this.#timer = setInterval(() => void this.#follow(), readEveryMs).unref();
  }

  /** Reads what is known from before. */
  async begin(): Promise<void> {
    const { nowMs, store } = this.#parts;
    await store?.removeBefore(nowMs() - keepMs).catch(() => undefined);
    await this.#follow();
  }

  /** Every request, in its turn. */
  follow(row: Build): void {
    this.#firstSeen.note(row);
  }

  /** The newest first. */
  all(): readonly Release[] {
    return [...this.#known.values()].toSorted((one, other) => other.atMs - one.atMs);
  }

  find(app: string, version: string): Release | undefined {
    return this.#known.get(releaseKey(app, version));
  }

  /** Somebody says so. What callers have shown before happened then, and not later. */
  async put(said: Release): Promise<Release> {
    const { app, version } = said;
    const known = this.find(app, version);
    if (known?.source === "said") return known;
    const atMs = known?.source === "seen" ? Math.min(known.atMs, said.atMs) : said.atMs;
    const release = { ...said, atMs };
    await this.#parts.store?.put(release);
    this.#learn(release);
    return release;
  }

  /** @returns what was taken back; undefined where it is not known */
  async remove(app: string, version: string): Promise<Release | undefined> {
    const known = this.find(app, version);
    if (known === undefined) return undefined;
    await this.#parts.store?.remove(app, version);
    const key = releaseKey(app, version);
    this.#known.delete(key);
    this.#unwritten.delete(key);
    return known;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#reading;
    await this.#follow();
  }

  #learn(release: Release): void {
    const { app, atMs, version } = release;
    this.#known.set(releaseKey(app, version), release);
    this.#since.set(app, Math.min(this.#since.get(app) ?? atMs, atMs));
    if (this.#known.size <= mostKept) return;
    const oldest = this.all().at(-1);
    if (oldest !== undefined) this.#known.delete(releaseKey(oldest.app, oldest.version));
  }

  /** Writes what callers have shown, and reads what other nodes know. */
  #follow(): Promise<void> {
    return (this.#reading ??= this.#writeAndRead().finally(() => (this.#reading = undefined)));
  }

  async #writeAndRead(): Promise<void> {
    const { store } = this.#parts;
    if (store === undefined) return;
    try {
      for (const [key, release] of this.#unwritten) {
        await store.putFirst(release);
        this.#unwritten.delete(key);
      }
      const before = new Set(this.#known.keys());
      const rows = await store.newest(mostKept);
      for (const release of rows) {
        before.delete(releaseKey(release.app, release.version));
        this.#learn(release);
      }
      // Another node has taken them back; what came meanwhile was not known before the store was read.
      for (const gone of before) if (!this.#unwritten.has(gone)) this.#known.delete(gone);
      this.#trouble.over();
    } catch (fault) {
      this.#trouble.note(fault);
    }
  }
}

/** Those that somebody may want to see on a graph. */
export const releaseEvents = (book: Pick<ReleaseBook, "all">): readonly Release[] =>
  book.all().filter(isEvent);
