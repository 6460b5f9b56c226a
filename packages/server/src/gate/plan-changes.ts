import type { PreparedPlan } from "@portcullis/guard";
import type { Tell } from "./report.ts";
import type { PlanSettings } from "./settings.ts";

/** What can make a plan ready beside the one that serves. */
interface Preparing {
  prepare(settings: PlanSettings): Promise<PreparedPlan>;
}

/**
 * Plans that the control thread has sent to this gate thread, and that do not serve yet. All gate
 * threads change at once, or none: each says when it is ready, and waits to be told.
 */
export class PlanChanges {
  readonly #gate: Preparing;
  readonly #tell: Tell;
  readonly #onServing: () => void;
  readonly #prepared = new Map<number, Promise<PreparedPlan | undefined>>();

  constructor(gate: Preparing, tell: Tell, onServing: () => void) {
    this.#gate = gate;
    this.#tell = tell;
    this.#onServing = onServing;
  }

  async prepare(change: number, settings: PlanSettings): Promise<void> {
    let fault: string | undefined;
    const preparing = this.#gate.prepare(settings).catch((thrown: unknown) => {
      fault = thrown instanceof Error ? thrown.message : String(thrown);
      return undefined;
    });
    this.#prepared.set(change, preparing);
    await preparing;
    this.#tell({ kind: "prepared", change, fault });
  }

  async serve(change: number): Promise<void> {
    const prepared = await this.#take(change);
    if (prepared === undefined) return;
    prepared.serve();
    this.#onServing();
  }

  async discard(change: number): Promise<void> {
    (await this.#take(change))?.discard();
  }

  #take(change: number): Promise<PreparedPlan | undefined> | undefined {
    const prepared = this.#prepared.get(change);
    this.#prepared.delete(change);
    return prepared;
  }
}
