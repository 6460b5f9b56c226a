import type { Gauge } from "./prometheus.ts";

/** How many requests came from callers that each source knows, by its name. Plain data. */
export type SourcesCounted = Readonly<Record<string, number>>;

/** Counts in one thread, and gathers what others have counted. */
export class SourceCounts {
  readonly #counts = new Map<string, number>();

  note(source: string): void {
    this.#counts.set(source, (this.#counts.get(source) ?? 0) + 1);
  }

  merge(counted: SourcesCounted): void {
    for (const [source, count] of Object.entries(counted))
      this.#counts.set(source, (this.#counts.get(source) ?? 0) + count);
  }

  /** Hands over what was counted since the last time; undefined where nothing was. */
  take(): SourcesCounted | undefined {
    if (this.#counts.size === 0) return undefined;
    const counted = Object.fromEntries(this.#counts);
    this.#counts.clear();
    return counted;
  }

  /** @param sources those of the policy: one that nobody uses is told with nothing */
  of(sources: readonly string[]): SourcesCounted {
    return Object.fromEntries(sources.map((source) => [source, this.#counts.get(source) ?? 0]));
  }
}

export const sourceGauge = (counted: SourcesCounted): Gauge => ({
  name: "portcullis_source_requests_total",
  help: "Requests of callers that a source of the policy knows.",
  type: "counter",
  value: Object.entries(counted).map(([source, value]) => ({ labels: { source }, value })),
});
