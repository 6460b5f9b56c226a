import { StoreLost } from "@portcullis/identity/store-lost";

/** Whether the store could be written to when it was last tried. */
export class StoreState {
  /** Why it is lost; undefined: it answers. */
  lost: string | undefined;

  /** @returns what is thrown in place of the fault */
  note(fault: unknown): StoreLost {
    const why = fault instanceof Error ? fault.message : String(fault);
    this.lost = why;
    return new StoreLost(why, fault);
  }
}
