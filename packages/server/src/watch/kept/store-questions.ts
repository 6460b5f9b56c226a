import { CursorFault } from "../record-page.ts";
import type { FromStore, StoreAnswer, StoreQuestion, ToStore } from "./store-messages.ts";

/** A question that nobody answers now. */
export class UnansweredFault extends Error {}

export interface StoreQuestionsParts {
  /** How long an answer may take. */
  readonly deadlineMs: number;
  readonly isReady: () => boolean;
  readonly send: (message: ToStore) => void;
  /** It does not even break off what has taken too long. */
  readonly hangs: () => void;
}

interface Waiting {
  readonly resolve: (answer: StoreAnswer) => void;
  readonly reject: (fault: Error) => void;
  readonly timer: NodeJS.Timeout;
}

/** Who asks more than this at once would only wait. */
const mostQuestions = 8;

/** What was asked of the process that keeps records, and is not answered yet. */
export class StoreQuestions {
  readonly #parts: StoreQuestionsParts;
  readonly #waiting = new Map<number, Waiting>();
  #asked = 0;

  constructor(parts: StoreQuestionsParts) {
    this.#parts = parts;
  }

  get count(): number {
    return this.#waiting.size;
  }

  /** @throws CursorFault @throws UnansweredFault */
  ask(asked: StoreQuestion): Promise<StoreAnswer> {
    const { deadlineMs, hangs, isReady, send } = this.#parts;
    if (!isReady())
      return Promise.reject(new UnansweredFault("the process that keeps records is starting"));
    if (this.#waiting.size >= mostQuestions)
      return Promise.reject(new UnansweredFault(`${mostQuestions} others ask already`));
    const id = (this.#asked += 1);
    return new Promise((resolve, reject) => {
      // It breaks off by itself at the deadline; where it does not, what is asked is given up.
      const timer = setTimeout(() => {
        this.#waiting.delete(id);
        reject(new UnansweredFault(`there was no answer within ${deadlineMs} ms`));
        hangs();
      }, deadlineMs * 2);
      this.#waiting.set(id, { resolve, reject, timer });
      send({ kind: "ask", id, asked, deadlineMs });
    });
  }

  answered({ answer, fault, id }: Extract<FromStore, { kind: "answer" }>): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (waiting === undefined) return;
    clearTimeout(waiting.timer);
    if (fault === undefined) waiting.resolve(answer);
    else if (fault.kind === "cursor") waiting.reject(new CursorFault(fault.message));
    else if (fault.kind === "deadline")
      waiting.reject(new UnansweredFault(`${fault.message}: ask for less, such as a shorter time`));
    else waiting.reject(new Error(fault.message));
  }

  /** The process has gone. */
  lose(): void {
    for (const { reject, timer } of this.#waiting.values()) {
      clearTimeout(timer);
      reject(new UnansweredFault("the process that keeps records has ended"));
    }
    this.#waiting.clear();
  }
}
