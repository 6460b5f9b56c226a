import type { Grant } from "@portcullis/guard/state";
import type { GrantRows } from "../store/tables/grants.ts";

const pollEveryMs = 200;
/** A store that cannot be read for so long may hold a revocation that nobody here has seen. */
const believedMs = 10_000;
const most = 10_000;

/**
 * Follows the table of grants, whoever writes to it: this process, another node, or a command. What
 * cannot be read any more grants nothing.
 */
export class GrantFeed {
  readonly #table: Pick<GrantRows, "active" | "mark">;
  readonly #onGrants: (grants: readonly Grant[]) => void;
  readonly #timer: NodeJS.Timeout;
  #current: readonly Grant[] = [];
  #mark = "";
  #lookedAt = performance.now();
  #looking: Promise<void> | undefined;

  constructor(
    table: Pick<GrantRows, "active" | "mark">,
    onGrants: (grants: readonly Grant[]) => void,
  ) {
    this.#table = table;
    this.#onGrants = onGrants;
    this.#timer = setInterval(() => {
      if (performance.now() - this.#lookedAt > believedMs) this.#forget();
      void this.look();
    }, pollEveryMs);
    this.#timer.unref();
  }

  /** What holds just now, for a gate thread that begins. */
  get current(): readonly Grant[] {
    return this.#current;
  }

  /** Reads the table now, and not at the next poll. */
  look(): Promise<void> {
    return (this.#looking ??= this.#read()
      .catch(() => undefined)
      .finally(() => {
        this.#looking = undefined;
      }));
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #read(): Promise<void> {
    const askedAt = performance.now();
    const mark = await this.#table.mark();
    if (mark !== this.#mark) {
      const rows = await this.#table.active(Date.now(), most);
      this.#mark = mark;
      this.#tell(
        rows.map(({ from, kind, methods, object, to, untilMs }) => {
          return { from, kind, methods, object, to, untilMs };
        }),
      );
    }
    this.#lookedAt = askedAt;
  }

  #forget(): void {
    // It is read whole again when the store answers.
    this.#mark = "";
    if (this.#current.length > 0) this.#tell([]);
  }

  #tell(grants: readonly Grant[]): void {
    this.#current = grants;
    this.#onGrants(grants);
  }
}
