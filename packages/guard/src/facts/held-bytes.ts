import type { ByteBudget } from "./byte-budget.ts";
import { capacityExceeded } from "./capacity-problems.ts";
import type { Caller } from "./caller.ts";
import { defineProblems } from "./problem.ts";
import { refuse, type Refusal } from "./refusal.ts";

export const holdingProblems = defineProblems("upstream", {
  "answer-unheld": {
    status: 503,
    title: "The answer has come, and there is no room for it",
    sentence: "What was asked for may have been done. Ask for it again after a while.",
  },
});

export const noRoom = (): Refusal =>
  capacityExceeded("the bodies that are held leave no room", true);

/** The backend has answered: what it was asked for may have been done. */
export const noRoomForAnswer = refuse(holdingProblems["answer-unheld"], {
  detail: "the bodies and answers that are held leave no room",
  retryAfterSeconds: 1,
});

interface Holding {
  readonly byteBudget: ByteBudget;
  readonly caller: Caller | undefined;
  heldBytes: HeldBytes | undefined;
}

/** The room of this request, which begins with nothing. */
export const roomOf = (known: Holding): HeldBytes =>
  (known.heldBytes ??= new HeldBytes(known.byteBudget, known.caller === undefined));

/** The room that one request's body and its answer take until the answer has left. */
export class HeldBytes {
  readonly #budget: ByteBudget;
  readonly #isStranger: boolean;
  #pieces = 0;
  #answerBytes = 0;
  #isOver = false;

  constructor(budget: ByteBudget, isStranger: boolean) {
    this.#budget = budget;
    this.#isStranger = isStranger;
  }

  /** @returns whether there was room */
  take(length: number): boolean {
    if (this.#isOver) return false;
    const pieces = this.#budget.take(length, this.#isStranger);
    this.#pieces += pieces;
    return pieces > 0;
  }

  /**
   * Room for all of an answer at its first byte, where it says how long it is: of many that are held
   * in parts at the same time, none would find room for its last one.
   *
   * @returns whether there was room
   */
  holdAnswer(bytes: number): boolean {
    if (bytes <= this.#answerBytes) return true;
    const hasRoom = this.take(bytes - this.#answerBytes);
    if (hasRoom) this.#answerBytes = bytes;
    return hasRoom;
  }

  /** Nothing is held from here on: what still comes finds no room. */
  release(): void {
    this.#isOver = true;
    this.#budget.give(this.#pieces, this.#isStranger);
    this.#pieces = 0;
  }
}
