import type { UpstreamRequest } from "@portcullis/guard/upstream";

const field = "Portcullis-Deadline";
const words = "no answer had begun when the deadline of the operation was over";

/** Whether anything of a request depends on when its answer begins. */
export const hasDeadline = ({ shedding = "off", urgency }: UpstreamRequest): boolean =>
  shedding !== "off" && urgency?.deadlineAt !== undefined;

/**
 * How long the answer to one request is of use. Where shedding is enforced, whoever waits for it is
 * told when that is over; the backend is told what is left in any case, in milliseconds, so that it
 * need not go on with what nobody waits for.
 */
export class Deadline {
  readonly #at: number | undefined;
  readonly #isEnforced: boolean;
  #timer: NodeJS.Timeout | undefined;
  /** Where the field stands in the request's, once it was told. */
  #toldAt: number | undefined;

  readonly #onObserved: UpstreamRequest["onObserved"];

  constructor({ onObserved, shedding = "off", urgency }: UpstreamRequest) {
    this.#onObserved = onObserved;
    this.#at = shedding === "off" ? undefined : urgency?.deadlineAt;
    this.#isEnforced = shedding === "enforce";
  }

  /** @param over called once, at once where it has passed already */
  start(over: (words: string) => void): void {
    if (this.#at === undefined || !this.#isEnforced) return;
    const leftMs = Math.ceil(this.#at - performance.now());
    if (leftMs <= 0) over(words);
    else this.#timer = setTimeout(over, leftMs, words);
  }

  /** Says what is left to the backend; of a second try, what is left by then. */
  tell(headers: string[]): void {
    if (this.#at === undefined) return;
    const leftMs = String(Math.max(0, Math.floor(this.#at - performance.now())));
    if (this.#toldAt === undefined) this.#toldAt = headers.push(field, leftMs) - 1;
    else headers[this.#toldAt] = leftMs;
  }

  /** Nobody waits any more. @param isAnswered which may be too late where it is only observed */
  end(isAnswered: boolean): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (isAnswered && this.#at !== undefined && performance.now() > this.#at)
      this.#onObserved?.("deadline-passed", words);
  }
}
