/** Where something failed that belongs to no request. */
export type FaultPart = "control" | "gate" | "output";

/** Faults beside the journey of any request: none of them ends the program, and each is counted. */
export class FaultCounts {
  readonly #counts: Record<FaultPart, number> = { control: 0, gate: 0, output: 0 };

  note(part: FaultPart): void {
    this.#counts[part] += 1;
  }

  all(): Readonly<Record<FaultPart, number>> {
    return { ...this.#counts };
  }
}

/** What a person needs of something that was thrown. */
export const faultWords = (fault: unknown): string =>
  fault instanceof Error ? (fault.stack ?? fault.message) : String(fault);
