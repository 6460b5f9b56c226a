import type { Mode, ModeDecision, ModeFacts, ModeRow } from "./mode.ts";
import type { Refusal } from "./refusal.ts";

/** What a control decided about this request, where it would refuse. */
export interface Decision {
  readonly refusal: Refusal;
  readonly mode: Mode;
  /** What comes of it where it is enforced; undefined: the request is refused. */
  readonly effect: Effect | undefined;
  /** Whether this caller is among the first quarter for whom it would be enforced. */
  readonly isFirst: boolean;
}

/** `mends`: something is taken out or put in its place. `notes`: it is told of and never refused. */
export type Effect = "mends" | "notes";

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
    if (!this.#decide(refusal, modes, known, undefined)) return false;
    this.#refusal = refusal;
    return true;
  }

  /**
   * For what is mended instead of being refused, such as a list that is cut to the caller's own.
   * True where the mending is enforced.
   */
  amend(refusal: Refusal, modes: ModeRow, known: ModeFacts): boolean {
    return this.#decide(refusal, modes, known, "mends");
  }

  /** Recorded and let pass, whatever the mode: the policy says that this doubt does not refuse. */
  observe(refusal: Refusal): void {
    this.#add({ refusal, mode: "observe", effect: "notes", isFirst: false });
  }

  /** A fault of the gate's own: it stands in every mode. */
  fail(refusal: Refusal): void {
    this.#add({ refusal, mode: "enforce", effect: undefined, isFirst: false });
    this.#refusal = refusal;
  }

  #decide(refusal: Refusal, modes: ModeRow, known: ModeFacts, effect: Effect | undefined): boolean {
    const decision = decisionOf(refusal.problem.mode, modes);
    const mode = refusal.always === true ? "enforce" : modeIn(decision, known);
    if (mode === "off") return false;
    this.#add({ refusal, mode, effect, isFirst: decision.isFirst(known) });
    return mode === "enforce";
  }

  #add(decision: Decision): void {
    (this.#made ??= []).push(decision);
  }
}

const none: readonly Decision[] = Object.freeze([]);

/**
 * The mode of a key for this caller.
 *
 * @throws Error for a key that no control states: such a refusal would never be enforced
 */
export const modeOf = (key: string, modes: ModeRow, known: ModeFacts): Mode =>
  modeIn(decisionOf(key, modes), known);

const modeIn = (decision: ModeDecision, known: ModeFacts): Mode =>
  decision.constant ?? decision.decide(known);

function decisionOf(key: string, modes: ModeRow): ModeDecision {
  const decision = modes[key];
  if (decision === undefined) throw new Error(`no mode is set by the key '${key}'`);
  return decision;
}
