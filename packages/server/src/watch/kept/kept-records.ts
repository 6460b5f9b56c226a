import type { LineCounts } from "../line-writer.ts";
import type { Forecast, ForecastQuestion } from "../forecast/forecast.ts";
import type { RecordPage, RecordQuestion } from "../record-page.ts";
import type { Series, SeriesQuestion } from "../series.ts";
import type { EngineName } from "./engine.ts";
import type { Keeping, SealedSubject } from "./record-store.ts";
import { StoreChild } from "./store-child.ts";
import type { FromStore, StoreAnswer, StoreQuestion, StoreState } from "./store-messages.ts";
import { StoreQuestions } from "./store-questions.ts";

export interface KeptRecordsOptions {
  readonly folder: string;
  readonly form: EngineName | undefined;
  readonly keeping: Keeping;
  readonly say: (message: string) => void;
  /** For tests: what is otherwise decided here. */
  readonly bounds?: Partial<Bounds>;
}

interface Bounds {
  /** What may wait for the process; beyond it, records are dropped and counted. */
  readonly mostWaitingBytes: number;
  /** How long records are gathered before they are sent. */
  readonly gatherMs: number;
  /** How long an answer may take. */
  readonly deadlineMs: number;
  /** Memory at which the process is replaced: `memory_limit` bounds a part of it only. */
  readonly mostResidentBytes: number;
  /** How long a process may take for something before it counts as hanging. */
  readonly hangingMs: number;
  /** How long a process is left alone whatever it holds. */
  readonly leastLifeMs: number;
}

const usualBounds: Bounds = {
  mostWaitingBytes: 32 * 1024 * 1024,
  gatherMs: 250,
  deadlineMs: 5000,
  mostResidentBytes: 900 * 1024 * 1024,
  hangingMs: 20_000,
  leastLifeMs: 60_000,
};

/** How many batches are sent before the first of them is known to be kept. */
const mostUnderway = 4;
const retryMs = 1000;

interface Batch {
  readonly first: number;
  readonly count: number;
  readonly lines: Uint8Array;
}

/**
 * Hands records to the process that keeps them, and knows of each what became of it. Nothing here
 * waits for that process: what it does not take in time is dropped and counted.
 */
export class KeptRecords {
  readonly #bounds: Bounds;
  readonly #child: StoreChild;
  readonly #questions: StoreQuestions;
  /** Those that were sent stand first. */
  readonly #batches: Batch[] = [];
  #sent = 0;
  #gathered: Uint8Array[] = [];
  #gatheredCount = 0;
  #waitingBytes = 0;
  #next = 0;
  #written = 0;
  #dropped = 0;
  #waiting = 0;
  #isHeld = false;
  #isEnding = false;
  #state: StoreState | undefined;
  #gathering: NodeJS.Timeout | undefined;
  #trouble: string | undefined;
  readonly #say: (message: string) => void;
  #onIdle: () => void = () => undefined;

  constructor({ bounds, ...options }: KeptRecordsOptions) {
    this.#bounds = { ...usualBounds, ...bounds };
    this.#say = options.say;
    this.#questions = new StoreQuestions({
      deadlineMs: this.#bounds.deadlineMs,
      isReady: () => this.#child.isReady,
      send: (message) => this.#child.send(message),
      hangs: () => this.#child.replace("it did not answer in time"),
    });
    this.#child = new StoreChild({
      ...options,
      ...this.#bounds,
      onMessage: (message) => this.#hear(message),
      onReady: () => this.#sendAll(),
      onEnd: () => this.#lose(),
      isWaiting: () => this.#sent > 0 || this.#questions.count > 0,
    });
  }

  get counts(): LineCounts {
    return { written: this.#written, dropped: this.#dropped, waiting: this.#waiting };
  }

  /** Undefined until the process has told. */
  get state(): (StoreState & { readonly restarts: number; readonly form: EngineName }) | undefined {
    const { form, restarts } = this.#child;
    return this.#state === undefined || form === undefined
      ? undefined
      : { ...this.#state, restarts, form };
  }

  write(lines: Uint8Array, count: number): void {
    if (this.#isEnding || this.#waitingBytes + lines.length > this.#bounds.mostWaitingBytes) {
      this.drop(count);
      return;
    }
    this.#gathered.push(lines);
    this.#gatheredCount += count;
    this.#waitingBytes += lines.length;
    this.#waiting += count;
    this.#gathering ??= setTimeout(() => this.#gather(), this.#bounds.gatherMs).unref();
  }

  drop(count: number): void {
    this.#dropped += count;
    // Numbers of records are not given twice, whatever became of them.
    this.#next += count;
  }

  addSubjects(day: string, subjects: readonly SealedSubject[]): void {
    this.#child.send({ kind: "subjects", day, subjects });
  }

  keep(keeping: Keeping): void {
    this.#child.keep(keeping);
  }

  /** @throws CursorFault @throws UnansweredFault */
  async find(question: RecordQuestion): Promise<RecordPage> {
    return (await this.#ask({ kind: "records", question })) as RecordPage;
  }

  /** @throws UnansweredFault */
  async series(question: SeriesQuestion): Promise<Series> {
    return (await this.#ask({ kind: "series", question })) as Series;
  }

  /** @throws UnansweredFault */
  async forecast(question: ForecastQuestion): Promise<Forecast> {
    return (await this.#ask({ kind: "forecast", question })) as Forecast;
  }

  /** @throws UnansweredFault */
  async sealedSubject(pseudonym: string): Promise<string | undefined> {
    return (await this.#ask({ kind: "subject", pseudonym })) as string | undefined;
  }

  /**
   * Takes no more. What waits is kept, or dropped after `withinMs`.
   *
   * @returns how many were not kept since the beginning
   */
  async end(withinMs: number): Promise<number> {
    this.#gather();
    this.#isEnding = true;
    if (this.#waiting > 0)
      await new Promise<void>((resolve) => {
        this.#onIdle = resolve;
        setTimeout(resolve, withinMs);
      });
    await this.#child.end(withinMs);
    this.#dropped += this.#waiting;
    this.#waiting = 0;
    this.#lose();
    return this.#dropped;
  }

  #gather(): void {
    clearTimeout(this.#gathering);
    this.#gathering = undefined;
    if (this.#gatheredCount === 0) return;
    const batch = {
      first: this.#next,
      count: this.#gatheredCount,
      lines: Buffer.concat(this.#gathered),
    };
    this.#next += batch.count;
    this.#gathered = [];
    this.#gatheredCount = 0;
    this.#batches.push(batch);
    this.#sendAll();
  }

  #sendAll(): void {
    if (this.#isHeld || !this.#child.isReady) return;
    for (; this.#sent < Math.min(this.#batches.length, mostUnderway); this.#sent += 1)
      this.#child.send({ kind: "add", ...(this.#batches[this.#sent] as Batch) });
  }

  /** What has come until now is sent before the question, and found by it. */
  #ask(asked: StoreQuestion): Promise<StoreAnswer> {
    this.#gather();
    return this.#questions.ask(asked);
  }

  #hear(message: FromStore): void {
    if (message.kind === "added") this.#keptBatch(message.first, message.unread);
    else if (message.kind === "not-added") this.#hold(message.why);
    else if (message.kind === "answer") this.#questions.answered(message);
    else if (message.kind === "state") this.#state = message.state;
    else if (message.kind === "say") this.#say(`records: ${message.message}`);
  }

  #keptBatch(first: number, unread: number): void {
    const [batch] = this.#batches;
    if (batch?.first !== first) return;
    this.#batches.shift();
    this.#sent -= 1;
    this.#waitingBytes -= batch.lines.length;
    this.#waiting -= batch.count;
    this.#written += batch.count - unread;
    this.#dropped += unread;
    if (this.#trouble !== undefined) this.#say("records are kept again");
    this.#trouble = undefined;
    this.#sendAll();
    if (this.#waiting === 0) this.#onIdle();
  }

  /** A full disk is cleared sooner or later: the same is tried again. */
  #hold(why: string): void {
    if (this.#trouble !== why) this.#say(`records cannot be kept, and wait: ${why}`);
    this.#trouble = why;
    this.#sent = 0;
    if (this.#isHeld) return;
    this.#isHeld = true;
    setTimeout(() => {
      this.#isHeld = false;
      this.#sent = 0;
      this.#sendAll();
    }, retryMs).unref();
  }

  /** The process has gone: what was not kept is sent to the next, who knows what stands there. */
  #lose(): void {
    this.#sent = 0;
    this.#questions.lose();
  }
}
