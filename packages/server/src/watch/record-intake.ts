import {
  recordLine,
  RecordReader,
  type RecordRow,
  type SharedRecords,
} from "@portcullis/guard/records";
import type { LineWriter } from "./line-writer.ts";
import { LiveRecords, type LiveViewer } from "./live-records.ts";
import { RecentRecords } from "./recent-records.ts";
import type { RecordPage, RecordQuestion } from "./record-page.ts";
import { type Counts, RequestCounts } from "./request-counts.ts";

/** Told of every record in its turn. The row is good until the next one: what is kept is copied. */
export type RecordFollower = (row: RecordRow) => void;

/** Takes whole lines, or none of them. */
export type RecordSink = Pick<LineWriter, "write" | "drop">;

export interface RecordIntakeParts {
  readonly writer: RecordSink;
  /** Where else whole lines go. */
  readonly sinks?: readonly RecordSink[];
  /** Whoever else reads every record, such as what looks for attacks. */
  readonly followers: readonly RecordFollower[];
  /** Whether the policy that serves has this app: it is never lost among invented ones. */
  readonly isDeclaredApp: (app: string) => boolean;
  readonly say: (message: string) => void;
}

const everyMs = 100;
/** For a person who asks what has just happened. */
const keptRecords = 5000;

/**
 * Takes what gate threads have left of their requests: counts it, hands it to whoever follows, and
 * makes text of it for those who keep lines. All of it in one turn, so that the counts agree whenever
 * somebody looks.
 */
export class RecordIntake {
  readonly #parts: RecordIntakeParts;
  readonly #sinks: readonly RecordSink[];
  readonly #counts: RequestCounts;
  readonly #recent = new RecentRecords(keptRecords);
  readonly #live = new LiveRecords(this.#recent);
  readonly #readers = new Map<SharedRecords, RecordReader>();
  readonly #encoder = new TextEncoder();
  #timer: NodeJS.Timeout | undefined;
  #overrun = 0;
  #lines = "";

  constructor(parts: RecordIntakeParts) {
    this.#parts = parts;
    this.#sinks = [parts.writer, ...(parts.sinks ?? [])];
    this.#counts = new RequestCounts({ isDeclared: parts.isDeclaredApp });
  }

  /** Records that found no room, because this thread had been kept from taking those before them. */
  get overrun(): number {
    return this.#overrun;
  }

  /** A thread is about to write there. */
  open(records: SharedRecords): void {
    this.#readers.set(records, new RecordReader(records));
    this.#timer ??= setInterval(() => this.take(), everyMs).unref();
  }

  /** The thread has ended: what it has left is taken. */
  close(records: SharedRecords): void {
    this.take();
    this.#readers.delete(records);
    if (this.#readers.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Of all requests whose records stand anywhere by now. */
  allCounts(): Counts {
    this.take();
    return this.#counts.all();
  }

  /** How often a problem was decided. */
  decided(code: string): number {
    return this.#counts.decided(code);
  }

  /** The newest first. */
  find(question: RecordQuestion): RecordPage {
    this.take();
    return this.#recent.find(question);
  }

  /** Tells somebody of records as they come. @throws ViewersFault */
  watch(viewer: LiveViewer, after: string | undefined): ReturnType<LiveRecords["open"]> {
    this.take();
    return this.#live.open(viewer, after);
  }

  take(): void {
    let count = 0;
    for (const reader of this.#readers.values()) count += reader.read(this.#takeOne);
    if (count === 0) return;
    const lines = this.#encoder.encode(this.#lines);
    this.#lines = "";
    const first = this.#recent.added;
    this.#recent.add(lines, count);
    this.#live.add(lines, first);
    for (const sink of this.#sinks) sink.write(lines, count);
  }

  /** They are counted as requests all the same, and as records that nobody took. */
  miss(count: number, counts: Counts | undefined): void {
    const { say } = this.#parts;
    // What was left before them is taken before them.
    this.take();
    if (counts !== undefined) this.#counts.merge(counts);
    this.#overrun += count;
    for (const sink of this.#sinks) sink.drop(count);
    say(
      `${count} records found no room between the threads: this thread was kept from taking them`,
    );
  }

  readonly #takeOne = (row: RecordRow): void => {
    this.#counts.add(row);
    for (const follow of this.#parts.followers) follow(row);
    this.#lines += recordLine(row);
  };
}
