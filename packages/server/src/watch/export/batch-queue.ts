import type { ExportCounts } from "./export-plan.ts";

export interface BatchQueueOptions<T> {
  /** @throws Error in words for a person, when nobody has taken them */
  readonly send: (batch: T[]) => Promise<void>;
  /** Told when they are not taken any more, and when they are again. */
  readonly say: (message: string) => void;
  readonly mostWaiting?: number;
  readonly mostTogether?: number;
  readonly gatherMs?: number;
}

/**
 * Sends what it is given in batches, one after another. What cannot be sent in time is dropped and
 * counted: whoever hangs keeps nothing but this queue waiting, and that is bounded.
 */
export class BatchQueue<T> {
  readonly #options: Required<BatchQueueOptions<T>>;
  readonly #waiting: T[] = [];
  #underway = 0;
  #sent = 0;
  #dropped = 0;
  #timer: NodeJS.Timeout | undefined;
  #sending: Promise<void> | undefined;
  #isFailing = false;

  constructor(options: BatchQueueOptions<T>) {
    this.#options = { mostWaiting: 8192, mostTogether: 512, gatherMs: 1000, ...options };
  }

  get counts(): ExportCounts {
    const waiting = this.#waiting.length + this.#underway;
    return { sent: this.#sent, dropped: this.#dropped, waiting };
  }

  add(one: T): void {
    const { gatherMs, mostTogether, mostWaiting } = this.#options;
    if (this.#waiting.length + this.#underway >= mostWaiting) {
      this.#dropped += 1;
      return;
    }
    this.#waiting.push(one);
    if (this.#waiting.length >= mostTogether) this.#begin();
    else this.#timer ??= setTimeout(() => this.#begin(), gatherMs).unref();
  }

  /** Takes what waits now. */
  async flush(): Promise<void> {
    this.#begin();
    await this.#sending;
  }

  #begin(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#sending ??= this.#sendAll().finally(() => (this.#sending = undefined));
  }

  async #sendAll(): Promise<void> {
    const { mostTogether, say, send } = this.#options;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, mostTogether);
      this.#underway = batch.length;
      try {
        await send(batch);
        this.#sent += batch.length;
        if (this.#isFailing) say("what is exported is taken again");
        this.#isFailing = false;
      } catch (fault) {
        this.#dropped += batch.length;
        if (!this.#isFailing) say(`what is exported is not taken: ${(fault as Error).message}`);
        this.#isFailing = true;
      }
      this.#underway = 0;
    }
  }
}
