/** Counts skipped tests by their reasons, for the last words of a run. */
export class SkippedTests {
  readonly #byReason = new Map<string, number>();

  add(reason: string): void {
    this.#byReason.set(reason, (this.#byReason.get(reason) ?? 0) + 1);
  }

  /** One line for each reason, the most frequent first. */
  lines(): string[] {
    return [...this.#byReason]
      .toSorted(([, a], [, b]) => b - a)
      .map(([reason, count]) => `skipped ${count} ${count === 1 ? "test" : "tests"}: ${reason}`);
  }
}
