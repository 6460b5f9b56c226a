import { randomUUID } from "node:crypto";
import { type Notice, noticeBody, type NoticeForm, signatureOf } from "./notice.ts";
import { type Posted, postNotice } from "./post-notice.ts";

/** Somebody who is told. */
export interface Sink {
  readonly to: string;
  readonly form: NoticeForm;
  readonly secret: string | undefined;
  readonly allowPrivate: boolean;
}

export interface DeliveryCounts {
  readonly taken: number;
  readonly failed: number;
  readonly dropped: number;
  readonly waiting: number;
}

const withinMs = 10_000;
const mostWaiting = 100;
const usualPausesMs = [1000, 5000, 30_000, 120_000, 600_000, 1_800_000];

interface Waiting {
  readonly notice: Notice;
  readonly id: string;
}

/**
 * Takes notices to one sink, one after another. A sink that hangs, lies or is gone keeps its own
 * notices waiting and nobody else's; beyond a hundred, the oldest is dropped and counted.
 */
export class Delivery {
  readonly #sink: Sink;
  readonly #now: () => number;
  readonly #say: (message: string) => void;
  readonly #pausesMs: readonly number[];
  readonly #waiting: Waiting[] = [];
  #isClosed = false;
  #wake: (() => void) | undefined;
  #sending: Promise<void> | undefined;
  #taken = 0;
  #failed = 0;
  #dropped = 0;

  /**
   * @param now milliseconds since 1970
   * @param pausesMs how long it waits before each further attempt
   */
  constructor(
    sink: Sink,
    now: () => number,
    say: (message: string) => void,
    pausesMs = usualPausesMs,
  ) {
    this.#sink = sink;
    this.#now = now;
    this.#say = say;
    this.#pausesMs = pausesMs;
  }

  /** By its host alone: what follows may be a secret. */
  get name(): string {
    return new URL(this.#sink.to).host;
  }

  get counts(): DeliveryCounts {
    const waiting = this.#waiting.length;
    return { taken: this.#taken, failed: this.#failed, dropped: this.#dropped, waiting };
  }

  add(notice: Notice): void {
    if (this.#isClosed) return;
    if (this.#waiting.length >= mostWaiting) {
      // The first is on its way.
      this.#waiting.splice(1, 1);
      this.#dropped += 1;
    }
    this.#waiting.push({ notice, id: randomUUID() });
    this.#sending ??= this.#sendAll().finally(() => (this.#sending = undefined));
  }

  /** One attempt, now, whatever waits. */
  try(notice: Notice): Promise<Posted> {
    return this.#post({ notice, id: randomUUID() });
  }

  /** What waits is tried once more at most. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#wake?.();
    await this.#sending;
  }

  async #sendAll(): Promise<void> {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      await this.#send(next);
      this.#waiting.shift();
    }
  }

  async #send(one: Waiting): Promise<void> {
    for (let attempt = 0; ; attempt += 1) {
      const posted = await this.#post(one);
      if (posted.kind === "taken") {
        this.#taken += 1;
        return;
      }
      const pauseMs = this.#pausesMs[attempt];
      if (posted.kind === "refused" || pauseMs === undefined || this.#isClosed) {
        this.#failed += 1;
        this.#say(`a notice could not be sent to ${this.name}: ${posted.why}`);
        return;
      }
      await this.#pause(pauseMs);
    }
  }

  #post({ id, notice }: Waiting): Promise<Posted> {
    const { allowPrivate, form, secret, to } = this.#sink;
    const nowMs = this.#now();
    const body = noticeBody(notice, form, id, nowMs, secret);
    const headers =
      // To PagerDuty the secret says which service it is; nothing is signed by it.
      secret === undefined || form === "pagerduty"
        ? {}
        : { "Portcullis-Signature": signatureOf(secret, body, nowMs) };
    return postNotice({ to: new URL(to), body, headers, allowPrivate, withinMs });
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#wake?.(), ms).unref();
      this.#wake = () => {
        clearTimeout(timer);
        this.#wake = undefined;
        resolve();
      };
    });
  }
}
