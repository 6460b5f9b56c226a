import { nearest } from "@portcullis/guard/policy";
import { readVersion } from "@portcullis/guard/records";
import type { Release } from "../../watch/releases/release.ts";
import type { ReleaseBook } from "../../watch/releases/release-book.ts";

/** What was asked for cannot be, in words for a person. */
export class ReleaseFault extends Error {}

export interface SaidRelease {
  readonly app: string;
  readonly version: string;
  /** ISO 8601; undefined: now. */
  readonly at: string | undefined;
  readonly note: string | undefined;
  readonly by: string;
}

export interface ReleasingParts {
  readonly book: Pick<ReleaseBook, "all" | "find" | "put" | "remove">;
  /** Apps of the policy that serves at that moment; none: any name is one. */
  readonly apps: () => readonly string[];
  /** Milliseconds since 1970. */
  readonly nowMs: () => number;
}

const appForm = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const momentForm = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/;
const oldestMs = 400 * 86_400_000;
/** Clocks of two machines are never quite the same. */
const aheadMs = 60_000;
const mostNote = 200;

/** Says what was released, and takes it back. */
export class Releasing {
  readonly #parts: ReleasingParts;

  constructor(parts: ReleasingParts) {
    this.#parts = parts;
  }

  all(): readonly Release[] {
    return this.#parts.book.all();
  }

  /** @throws ReleaseFault */
  say({ app, at, by, note, version }: SaidRelease): Promise<Release> {
    const apps = this.#parts.apps();
    if (!appForm.test(app)) throw new ReleaseFault(`'${app}' is no app's name`);
    if (apps.length > 0 && !apps.includes(app)) {
      const near = nearest(app, apps);
      throw new ReleaseFault(
        `the policy has no app '${app}'${near === undefined ? "" : `; is it '${near}'?`}`,
      );
    }
    if (readVersion(version) === undefined)
      throw new ReleaseFault(`'${version}' is no version; expected such as 3.5.0`);
    if (note !== undefined && note.length > mostNote)
      throw new ReleaseFault(`a note has ${mostNote} characters at most`);
    return this.#parts.book.put({
      app,
      version,
      source: "said",
      atMs: this.#momentOf(at),
      by,
      note: note === undefined ? undefined : inALine(note),
    });
  }

  /** @returns undefined where it is not known */
  withdraw(app: string, version: string): Promise<Release | undefined> {
    return this.#parts.book.remove(app, version);
  }

  #momentOf(at: string | undefined): number {
    const nowMs = this.#parts.nowMs();
    if (at === undefined) return nowMs;
    const atMs = momentForm.test(at) ? Date.parse(at) : Number.NaN;
    if (Number.isNaN(atMs))
      throw new ReleaseFault(`'${at}' is no moment; expected such as 2026-11-20T10:00:00Z`);
    if (atMs > nowMs + aheadMs)
      throw new ReleaseFault(`'${at}' is yet to come: say it when it is released`);
    if (atMs < nowMs - oldestMs) throw new ReleaseFault(`'${at}' is longer ago than 400 days`);
    return atMs;
  }
}

/** It is shown on terminals and graphs: nothing in it may end a line or colour one. */
const inALine = (note: string): string =>
  note.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, " ").trim();
