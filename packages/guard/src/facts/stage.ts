import { type App, readRange } from "./app.ts";
import type { Caller } from "./caller.ts";

/** Remembers names, as many as it has room for, for all threads of a process. */
export interface StageMemory {
  keep(name: string): void;
  has(name: string): boolean;
}

/**
 * Who has been seen on a build that fits a stage. The field that names the build is the caller's
 * own word: who has once been in a stage must not fall out of it by leaving the field out, or by
 * naming an older build, or a thief would do so with a stolen token. Kept by session and by device,
 * so that neither a new token nor a new sign-in leads out.
 */
export class Stages {
  readonly #ranges: readonly { readonly range: string; readonly fits: (app: App) => boolean }[];
  readonly #memory: StageMemory;
  /** Ranges that were kept for a token by this thread: each is kept once. */
  readonly #kept = new WeakMap<Caller, Set<string>>();

  constructor(ranges: readonly string[], memory: StageMemory) {
    this.#memory = memory;
    this.#ranges = ranges.map((range) => {
      const fits = readRange(range);
      return { range, fits: ({ numbers }) => fits?.(numbers) === true };
    });
  }

  note(app: App, caller: Caller): void {
    let kept = this.#kept.get(caller);
    if (kept === undefined) this.#kept.set(caller, (kept = new Set()));
    if (kept.size === this.#ranges.length) return;
    for (const { fits, range } of this.#ranges) {
      if (kept.has(range) || !fits(app)) continue;
      kept.add(range);
      for (const name of namesOf(caller)) this.#memory.keep(`${range}\n${name}`);
    }
  }

  stays(range: string, caller: Caller): boolean {
    return namesOf(caller).some((name) => this.#memory.has(`${range}\n${name}`));
  }
}

/** A token that names no session is one of its own. */
function namesOf(caller: Caller): string[] {
  const { boundCertificate, boundKey, deviceId, key, sessionId, tokenId } = caller;
  const session = sessionId ?? tokenId;
  const names = [
    session === undefined
      ? `token\n${key}\n${caller.issuedAtSeconds}\n${caller.expiresAtSeconds}`
      : `session\n${session}`,
  ];
  const device = boundKey ?? boundCertificate;
  if (device !== undefined) names.push(`key\n${device}`);
  if (deviceId !== undefined) names.push(`device\n${deviceId}`);
  return names;
}
