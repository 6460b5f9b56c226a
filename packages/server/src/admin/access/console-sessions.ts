import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { ConsolePersonRecord } from "../../store/tables/console-people.ts";
import type { ConsoleSessionRecord } from "../../store/tables/console-sessions.ts";
import type { AccessStore } from "./console-person.ts";

export const idleMs = 8 * 3_600_000;
/** Whoever works day and night signs in once a week all the same. */
export const longestMs = 7 * 86_400_000;
/** So long a passkey that was shown stands for dangerous acts. */
export const confirmedForMs = 300_000;
/** The moment of the last request is written no more often. */
const noteEveryMs = 60_000;

const cookieForm = /^[A-Za-z0-9_-]{43}$/;

/** Somebody who is signed in. */
export interface SignedIn {
  readonly person: ConsolePersonRecord;
  readonly session: ConsoleSessionRecord;
  /** What each change carries: only the console's own page can read it. */
  readonly actToken: string;
}

/** Who is signed in to the console, by the cookie of their browser. Only its hash is kept. */
export class ConsoleSessions {
  readonly #store: Pick<AccessStore, "consolePeople" | "consoleSessions">;
  readonly #now: () => number;

  constructor(store: Pick<AccessStore, "consolePeople" | "consoleSessions">, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  /**
   * Always a new one: what a browser was made to bring along becomes nobody's session.
   *
   * @returns the cookie's value
   */
  async begin(personId: string, label: string): Promise<string> {
    const value = randomBytes(32).toString("base64url");
    const nowMs = this.#now();
    await this.#store.consoleSessions.removeSeenBefore(nowMs - idleMs);
    await this.#store.consoleSessions.add({
      hash: sessionHash(value),
      personId,
      label,
      createdAtMs: nowMs,
      seenAtMs: nowMs,
      confirmedAtMs: nowMs,
    });
    return value;
  }

  /** By what holds now: a person's role and whether they are there are read each time. */
  async find(value: string): Promise<SignedIn | undefined> {
    if (!cookieForm.test(value)) return undefined;
    const session = await this.#store.consoleSessions.byHash(sessionHash(value));
    if (session === undefined || endOf(session) <= this.#now()) return undefined;
    const person = await this.#store.consolePeople.byId(session.personId);
    return person === undefined ? undefined : { person, session, actToken: actTokenOf(value) };
  }

  /** Whether a session that was found before stands still. */
  async stands(hash: string): Promise<boolean> {
    const session = await this.#store.consoleSessions.byHash(hash);
    return (
      session !== undefined &&
      endOf(session) > this.#now() &&
      (await this.#store.consolePeople.byId(session.personId)) !== undefined
    );
  }

  /** Its person has asked for something, and is not idle. */
  async noteSeen({ hash, seenAtMs }: ConsoleSessionRecord): Promise<void> {
    const nowMs = this.#now();
    if (nowMs - seenAtMs >= noteEveryMs) await this.#store.consoleSessions.noteSeen(hash, nowMs);
  }

  /** @returns until when dangerous acts need no more than that */
  async confirm({ hash }: ConsoleSessionRecord): Promise<number> {
    const nowMs = this.#now();
    await this.#store.consoleSessions.noteConfirmed(hash, nowMs);
    return nowMs + confirmedForMs;
  }

  isConfirmed({ confirmedAtMs }: ConsoleSessionRecord): boolean {
    const agoMs = this.#now() - confirmedAtMs;
    return agoMs >= 0 && agoMs < confirmedForMs;
  }

  async end(value: string): Promise<void> {
    await this.#store.consoleSessions.remove(sessionHash(value));
  }
}

/** When a session ends, if nobody asks for anything. */
export const endOf = ({ createdAtMs, seenAtMs }: ConsoleSessionRecord): number =>
  Math.min(seenAtMs + idleMs, createdAtMs + longestMs);

const sessionHash = (value: string): string => createHash("sha256").update(value).digest("hex");

/** Follows from the cookie, and the cookie does not follow from it. */
const actTokenOf = (value: string): string =>
  createHash("sha256").update(`portcullis console act\n${value}`).digest("base64url");

export function isActToken({ actToken }: SignedIn, shown: string | undefined): boolean {
  const [expected, given] = [Buffer.from(actToken), Buffer.from(shown ?? "")];
  return expected.length === given.length && timingSafeEqual(expected, given);
}
