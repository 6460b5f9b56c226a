import {
  type Impersonation,
  type ImpersonationState,
  ImpersonationTable,
  type ImpersonationWish,
  type NotBegun,
} from "@portcullis/guard/state";
import type { Tell } from "./report.ts";

/** What the store says to a wish; undefined where it could not tell. */
export type ImpersonationAnswer = Impersonation | NotBegun | undefined;

interface Waiting {
  readonly resolve: (said: Impersonation | NotBegun) => void;
  readonly reject: (fault: Error) => void;
}

/** Longer than this, and the store counts as lost for those who wait. */
const usualTimeoutMs = 2000;
const mostWaiting = 1000;

/** Sessions of who acts for others, as the control thread keeps them in the store. */
export class AskImpersonations implements ImpersonationState {
  readonly #tell: Tell;
  readonly #table = new ImpersonationTable();
  readonly #waiting = new Map<number, Waiting>();
  readonly #timeoutMs: number;
  #asks = 0;

  constructor(tell: Tell, timeoutMs = usualTimeoutMs) {
    this.#tell = tell;
    this.#timeoutMs = timeoutMs;
  }

  /** All that hold, whenever one has begun or ended. */
  replace(sessions: readonly Impersonation[]): void {
    this.#table.replace(sessions);
  }

  find(asked: Parameters<ImpersonationState["find"]>[0]): Impersonation | undefined {
    return this.#table.find(asked);
  }

  begin(wish: ImpersonationWish): Promise<Impersonation | NotBegun> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.size >= mostWaiting) {
        reject(new Error("too many wait for the store"));
        return;
      }
      const ask = (this.#asks += 1);
      this.#waiting.set(ask, { resolve, reject });
      this.#tell({ kind: "impersonate", ask, wish });
      setTimeout(() => this.answered(ask, undefined), this.#timeoutMs).unref();
    });
  }

  answered(ask: number, answer: ImpersonationAnswer): void {
    const waiting = this.#waiting.get(ask);
    if (waiting === undefined) return;
    this.#waiting.delete(ask);
    if (answer === undefined) {
      waiting.reject(new Error("the store cannot tell who acts for whom"));
      return;
    }
    // What has begun here holds here at once; the other threads ask, or are told within a second.
    if (typeof answer !== "string") this.#table.add(answer);
    waiting.resolve(answer);
  }
}
