import type { Refusal } from "../../facts/refusal.ts";
import type { WriteVersions } from "../../state/write-versions.ts";

/** What a lookup was told, or why it was not. */
export type Asked = { readonly answer: unknown } | Refusal;

const mostRemembered = 10_000;
/**
 * Long enough for a burst of writes to one object; short enough that a change of owner that the
 * gate did not see is soon seen.
 */
const livesMs = 2000;

/**
 * What lookups have answered lately, by path and by who asked: another caller may be answered
 * something else.
 */
export class LookupMemory {
  readonly #answers = new Map<
    string,
    { readonly asked: Asked; readonly until: number; readonly version: number }
  >();
  readonly #writes: WriteVersions;
  #isUsed = false;

  constructor(writes: WriteVersions) {
    this.#writes = writes;
  }

  /**
   * Called where an operation has a lookup. Writes are noted only from then on, so that a plan
   * without lookups pays nothing.
   */
  use(): void {
    this.#isUsed = true;
  }

  get(subject: string, path: string, nowMs: number): Asked | undefined {
    const known = this.#answers.get(`${path}\n${subject}`);
    return known === undefined || known.until < nowMs || known.version !== this.#writes.of(path)
      ? undefined
      : known.asked;
  }

  /**
   * Taken before the backend is asked, and given to `set`: where a write comes in between, the
   * answer is stale and must not be used.
   */
  version(path: string): number {
    return this.#writes.of(path);
  }

  set(subject: string, path: string, asked: Asked, nowMs: number, version: number): void {
    if (this.#answers.size >= mostRemembered) this.#answers.clear();
    this.#answers.set(`${path}\n${subject}`, { asked, until: nowMs + livesMs, version });
  }

  /** Something was written at this path: what is remembered of it, and above it, is stale. */
  forget(path: string): void {
    if (this.#isUsed) this.#writes.written(path);
  }
}
