import type { Switch } from "@portcullis/guard/policy";
import type { SwitchRecord, SwitchRows } from "../store/tables/switches.ts";
import { EndingRows } from "./ending-rows.ts";

export interface SwitchFeedParts {
  readonly table: Pick<SwitchRows, "active" | "mark">;
  /** Told of those that hold whenever they are others than before. */
  readonly onSwitches: (switches: readonly Switch[]) => void;
  readonly now: () => number;
}

/** Modes that are set over those of the policy, as the store has them. */
export class SwitchFeed {
  readonly #rows: EndingRows<SwitchRecord>;

  constructor({ now, onSwitches, table }: SwitchFeedParts) {
    this.#rows = new EndingRows({ table, now, onRows: (rows) => onSwitches(rows.map(switchOf)) });
  }

  /** What holds just now, for a gate thread that begins. */
  get current(): readonly Switch[] {
    return this.#rows.current.map(switchOf);
  }

  /** Reads the table now, and not at the next poll. */
  look(): Promise<void> {
    return this.#rows.look();
  }

  close(): void {
    this.#rows.close();
  }
}

const switchOf = ({ app, control, mode, operation, percent }: SwitchRecord): Switch => {
  return { app, control, mode, operation, percent };
};

/** What the operator is told when switches change, and at the start: none must be forgotten. */
export const switchWords = (switches: readonly Switch[]): string =>
  switches.length === 0
    ? "no switch holds any more: everything is as the policy says"
    : `${switches.length === 1 ? "1 switch holds" : `${switches.length} switches hold`} over the policy (portcullis switch list)`;
