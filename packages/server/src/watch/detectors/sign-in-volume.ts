import { SlidingCount } from "../sketches/sliding-count.ts";
import type { Evidence } from "./evidence.ts";
import type { Seen } from "./seen.ts";
import { percentOf, timeOf } from "./words.ts";

interface Volume {
  readonly failures: number;
  readonly withinMs: number;
}

/** How far out of line a share must be that a mere count is told of, in standard deviations. */
const outOfLine = 6;

/**
 * Counts failures of everybody together. However an attack is spread, so many of them are told of;
 * but not what a large service has in any five minutes, where the share is as usual.
 */
export class SignInVolume {
  readonly #volume: Volume;
  readonly #usual: number;
  readonly #tell: (said: Omit<Evidence, "detector" | "kind">) => void;
  /** Failures at the first place, all attempts at the second. */
  readonly #counts: SlidingCount;
  #toldMs = Number.NEGATIVE_INFINITY;

  /** @param usual the share of sign-ins that fail without an attack */
  constructor(
    volume: Volume,
    usual: number,
    tell: (said: Omit<Evidence, "detector" | "kind">) => void,
  ) {
    this.#volume = volume;
    this.#usual = usual;
    this.#tell = tell;
    this.#counts = new SlidingCount(2, volume.withinMs);
  }

  void(): void {
    this.#counts.forget(0);
    this.#counts.forget(1);
    this.#toldMs = Number.NEGATIVE_INFINITY;
  }

  note({ operation, timeMs }: Seen, isBad: boolean): void {
    const { failures, withinMs } = this.#volume;
    const all = this.#counts.add(1, timeMs);
    if (!isBad) return;
    const bad = this.#counts.add(0, timeMs);
    const spread = Math.sqrt(all * this.#usual * (1 - this.#usual));
    if (bad < failures || bad - all * this.#usual < outOfLine * spread) return;
    if (timeMs - this.#toldMs < withinMs) return;
    this.#toldMs = timeMs;
    this.#tell({
      family: "sign-in",
      operation,
      atMs: timeMs,
      key: { kind: "everybody", hash: 0 },
      severity: "low",
      summary: `${bad} of ${all} sign-ins at ${operation} failed within ${timeOf(withinMs)}.`,
      observed: `${bad} of ${all} sign-ins failed within ${timeOf(withinMs)}`,
      baseline: `${percentOf(this.#usual)} of sign-ins fail`,
      errorRate: undefined,
      falseIf:
        "the backend refuses everybody, as in an outage; or so many failures are usual here: " +
        `detect: { credentialStuffing: { failures: ${failures * 10} } }`,
      isPart: (kept) =>
        kept.signal.role === "sign-in" && (kept.attempt === "bad" || kept.attempt === "held"),
    });
  }
}
