import type { Switch } from "@portcullis/guard/policy";
import type { SwitchRecord, SwitchRows } from "../store/tables/switches.ts";

const pollEveryMs = 200;
const most = 500;

export interface SwitchFeedParts {
  readonly table: Pick<SwitchRows, "active" | "mark">;
  /** Told of those that hold whenever they are others than before. */
  readonly onSwitches: (switches: readonly Switch[]) => void;
  readonly now: () => number;
}

/**
 * Follows the table of switches, whoever writes to it: this process, another node, or a command.
 * While the store cannot be read, what held last goes on holding: a lost store must neither close
 * what was open nor open what was closed.
 */
export class SwitchFeed {
  readonly #parts: SwitchFeedParts;
  readonly #timer: NodeJS.Timeout;
  #rows: readonly SwitchRecord[] = [];
  #mark = "";
  #told = "";
  #current: readonly Switch[] = [];
  #looking: Promise<void> | undefined;

  constructor(parts: SwitchFeedParts) {
    this.#parts = parts;
    this.#timer = setInterval(() => void this.look(), pollEveryMs);
    this.#timer.unref();
  }

  /** What holds just now, for a gate thread that begins. */
  get current(): readonly Switch[] {
    return this.#current;
  }

  /** Reads the table now, and not at the next poll. */
  look(): Promise<void> {
    return (this.#looking ??= this.#read()
      .catch(() => undefined)
      .finally(() => {
        this.#looking = undefined;
        this.#tellOfChange();
      }));
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #read(): Promise<void> {
    const { now, table } = this.#parts;
    const mark = await table.mark();
    if (mark === this.#mark) return;
    this.#rows = await table.active(now(), most);
    this.#mark = mark;
  }

  /** Also where nothing was written: what has an end ends by itself. */
  #tellOfChange(): void {
    const nowMs = this.#parts.now();
    const holding = this.#rows.filter(({ endsAtMs = Infinity }) => endsAtMs > nowMs);
    const ids = holding.map(({ id }) => id).join(" ");
    if (ids === this.#told) return;
    this.#told = ids;
    this.#current = holding.map(({ app, control, mode, operation, percent }) => {
      return { app, control, mode, operation, percent };
    });
    this.#parts.onSwitches(this.#current);
  }
}

/** What the operator is told when switches change, and at the start: none must be forgotten. */
export const switchWords = (switches: readonly Switch[]): string =>
  switches.length === 0
    ? "no switch holds any more: everything is as the policy says"
    : `${switches.length === 1 ? "1 switch holds" : `${switches.length} switches hold`} over the policy (portcullis switch list)`;
