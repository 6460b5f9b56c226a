import type { Mode, ModeFacts, ModeRow } from "./mode.ts";
import type { Refusal } from "./refusal.ts";

/** What a control decided about this request, where it would refuse. */
export interface Decision {
  readonly refusal: Refusal;
  readonly mode: Mode;
}

/**
 * The decisions on one request, and the one place where a refusal becomes an answer or only a line
 * in the record. Steps say what they think; this says whether it counts, by the mode of the
 * refusal's problem for this caller at this operation.
 */
export class Decisions {
  #made: Decision[] | undefined;
  #refusal: Refusal | undefined;

  get made(): readonly Decision[] {
    return this.#made ?? none;
  }

  /** The refusal that stands; undefined while none does. */
  get refusal(): Refusal | undefined {
    return this.#refusal;
  }

  /** True when the refusal stands: its problem is enforced. */
  decide(refusal: Refusal, modes: ModeRow, known: ModeFacts): boolean {
    if (!this.amend(refusal, modes, known)) return false;
    this.#refusal = refusal;
    return true;
  }

  /**
   * For what is mended instead of being refused, such as a list that is cut to the caller's own.
   * True where the mending is enforced.
   */
  amend(refusal: Refusal, modes: ModeRow, known: ModeFacts): boolean {
    const mode = refusal.always === true ? "enforce" : modeOf(refusal.problem.mode, modes, known);
    if (mode === "off") return false;
    this.#add(refusal, mode);
    return mode === "enforce";
  }

  /** Recorded and let pass, whatever the mode: the policy says that this doubt does not refuse. */
  observe(refusal: Refusal): void {
    this.#add(refusal, "observe");
  }

  /** A fault of the gate's own: it stands in every mode. */
  fail(refusal: Refusal): void {
    this.#add(refusal, "enforce");
    this.#refusal = refusal;
  }

  #add(refusal: Refusal, mode: Mode): void {
    (this.#made ??= []).push({ refusal, mode });
  }
}

const none: readonly Decision[] = Object.freeze([]);

/**
 * The mode of a key for this caller.
 *
 * @throws Error for a key that no control states: such a refusal would never be enforced
 */
export function modeOf(key: string, modes: ModeRow, known: ModeFacts): Mode {
  const decision = modes[key];
  if (decision === undefined) throw new Error(`no mode is set by the key '${key}'`);
  return decision.constant ?? decision.decide(known);
}
