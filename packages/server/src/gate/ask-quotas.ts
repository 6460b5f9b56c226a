import type { QuotaStore, QuotasTaken, QuotaTake } from "@portcullis/guard/state";
import type { Tell } from "./report.ts";

/** What a gate thread asks of the store, in one message. */
export interface QuotaQuestions {
  readonly ask: number;
  /** The quotas of one request each. */
  readonly takes: readonly (readonly QuotaTake[])[];
  readonly changes: readonly { readonly take: QuotaTake; readonly by: number }[];
}

/** Undefined where the store could not tell. */
export type QuotaAnswers = readonly (QuotasTaken | undefined)[];

interface Waiting {
  readonly resolve: (taken: QuotasTaken) => void;
  readonly reject: (fault: Error) => void;
}

/** Longer than this, and the store counts as lost for those who wait. */
const usualTimeoutMs = 1000;

/**
 * Quotas, as the control thread reads and writes them. Requests of one turn of the event loop ask
 * together.
 */
export class AskQuotas implements QuotaStore {
  readonly #tell: Tell;
  readonly #waiting = new Map<number, readonly Waiting[]>();
  #takes: (readonly QuotaTake[])[] = [];
  #changes: { take: QuotaTake; by: number }[] = [];
  #next: Waiting[] = [];
  #asks = 0;
  readonly #timeoutMs: number;

  constructor(tell: Tell, timeoutMs = usualTimeoutMs) {
    this.#tell = tell;
    this.#timeoutMs = timeoutMs;
  }

  takeAll(takes: readonly QuotaTake[]): Promise<QuotasTaken> {
    return new Promise((resolve, reject) => {
      this.#askSoon();
      this.#takes.push(takes);
      this.#next.push({ resolve, reject });
    });
  }

  change(take: QuotaTake, by: number): void {
    this.#askSoon();
    this.#changes.push({ take, by });
  }

  answered(ask: number, answers: QuotaAnswers): void {
    const waiting = this.#waiting.get(ask);
    this.#waiting.delete(ask);
    waiting?.forEach(({ reject, resolve }, index) => {
      const answer = answers[index];
      if (answer === undefined) reject(new Error("the store cannot tell what was used"));
      else resolve(answer);
    });
  }

  #askSoon(): void {
    if (this.#takes.length + this.#changes.length === 0) setImmediate(() => this.#ask());
  }

  #ask(): void {
    const ask = (this.#asks += 1);
    const questions: QuotaQuestions = { ask, takes: this.#takes, changes: this.#changes };
    this.#waiting.set(ask, this.#next);
    [this.#takes, this.#changes, this.#next] = [[], [], []];
    this.#tell({ kind: "quotas", questions });
    setTimeout(() => this.#giveUp(ask), this.#timeoutMs).unref();
  }

  /** What is taken all the same when the store answers later stays taken: nobody gets it twice. */
  #giveUp(ask: number): void {
    this.answered(ask, []);
  }
}
