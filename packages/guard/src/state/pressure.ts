/** Why a caller's requests cost more. */
export const pressureCauses = ["failures", "refusals", "operator", "detector"] as const;
export type PressureCause = (typeof pressureCauses)[number];

/** How pressure rises and ends. */
export interface PressureRules {
  /** How many steps there are. */
  readonly steps: number;
  /** After so long without a cause it is one step less. */
  readonly quietMs: number;
}

/** How much it takes until requests cost more. */
export interface PressureBounds {
  /** So many failures, if they are half of what was tried since the first of them. */
  readonly failures: number;
  /** So many refusals one after another. */
  readonly refusals: number;
}

/** What holds for a caller just now. Reused by the next look. */
export interface PressureNow {
  /** 0: none. */
  step: number;
  cause: PressureCause;
  /** After how long it is one step less, if nothing happens. */
  easesInMs: number;
  /** Whether this look has changed the step. */
  hasChanged: boolean;
}

/** Where signals say that a caller's requests of one class cost more. */
export interface PressurePort {
  /**
   * One step more; at the last step, its end is put off.
   *
   * @param key whom: see `pressureKey`
   * @param operations the class of operations: a role, `read` or `write`
   * @param forMs it does not ease before that
   */
  raise(key: string, operations: string, cause: PressureCause, forMs: number): PressureNow;
  lift(key: string, operations: string): boolean;
}
