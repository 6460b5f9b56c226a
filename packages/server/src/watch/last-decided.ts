import type { DecisionRecord } from "@portcullis/guard/records";

/** How often and when last a code was decided. */
export interface Decided {
  readonly lastMs: number;
  readonly enforced: number;
  readonly observed: number;
}

type Decisions = Pick<DecisionRecord, "decisions"> & { readonly timeMs: number };

/** When each code was last decided since the start. There are as many codes as the catalogue has. */
export class LastDecided {
  readonly sinceMs: number;
  readonly #codes = new Map<string, Decided>();
  #requests = 0;

  /** @param sinceMs since when it counts, in milliseconds since 1970 */
  constructor(sinceMs: number) {
    this.sinceMs = sinceMs;
  }

  get requests(): number {
    return this.#requests;
  }

  readonly follow = ({ decisions, timeMs }: Decisions): void => {
    this.#requests += 1;
    for (const { code, mode } of decisions) {
      const { enforced, lastMs, observed } = this.of(code);
      this.#codes.set(code, {
        lastMs: Math.max(lastMs, timeMs),
        enforced: enforced + (mode === "enforce" ? 1 : 0),
        observed: observed + (mode === "enforce" ? 0 : 1),
      });
    }
  };

  of(code: string): Decided {
    return this.#codes.get(code) ?? never;
  }
}

const never: Decided = { lastMs: 0, enforced: 0, observed: 0 };
