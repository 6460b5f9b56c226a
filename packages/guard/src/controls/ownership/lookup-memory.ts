import { hash } from "node:crypto";
import type { Caller } from "../../facts/caller.ts";
import type { Refusal } from "../../facts/refusal.ts";
import type { WriteVersions } from "../../state/write-versions.ts";
import type { AskingFacts } from "../compile-context.ts";
import { choosesNothing } from "./choosing.ts";

/** What a lookup was told, or why it was not. */
export type Asked = { readonly answer: unknown } | Refusal;

const mostRemembered = 10_000;
/**
 * Long enough for a burst of writes to one object; short enough that a change of owner that the
 * gate did not see is soon seen.
 */
const livesMs = 2000;

/** What a lookup's answer may depend on, beside what it asks for. */
type AskedBy = Pick<AskingFacts, "caller" | "envelope" | "fields" | "forwardFields">;

/**
 * What lookups have answered lately, by all that may have chosen the answer: what was asked for, at
 * which host, by which token, with which fields and cookies.
 */
export class LookupMemory {
  readonly #answers = new Map<
    string,
    { readonly asked: Asked; readonly until: number; readonly version: number }
  >();
  /** Tokens by a number of their own: two of one person may say different things. */
  readonly #callers = new WeakMap<Caller, number>();
  readonly #writes: WriteVersions;
  #count = 0;
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

  keyOf({ caller, envelope, fields, forwardFields }: AskedBy, target: string): string {
    let text = `${target}\n${this.#numberOf(caller)}\n${fields.host ?? ""}`;
    for (let index = 0; index < forwardFields.length; index += 2) {
      const name = (forwardFields[index] as string).toLowerCase();
      if (!choosesNothing.has(name)) text += `\n${name}:${forwardFields[index + 1]}`;
    }
    if (envelope !== undefined) text += `\n\n${JSON.stringify(envelope)}`;
    return hash("sha256", text, "base64url");
  }

  get(key: string, path: string, nowMs: number): Asked | undefined {
    const known = this.#answers.get(key);
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

  set(
    key: string,
    {
      asked,
      nowMs,
      version,
    }: {
      readonly asked: Asked;
      readonly nowMs: number;
      readonly version: number;
    },
  ): void {
    if (this.#answers.size >= mostRemembered) this.#answers.clear();
    this.#answers.set(key, { asked, until: nowMs + livesMs, version });
  }

  /** Something was written at this path: what is remembered of it, and above it, is stale. */
  forget(path: string): void {
    if (this.#isUsed) this.#writes.written(path);
  }

  #numberOf(caller: Caller | undefined): number {
    if (caller === undefined) return 0;
    let number = this.#callers.get(caller);
    if (number === undefined) this.#callers.set(caller, (number = this.#count += 1));
    return number;
  }
}
