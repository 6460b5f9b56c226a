import { write } from "node:fs";

/** What has become of the lines that were taken: the three are all of them, at every moment. */
export interface LineCounts {
  readonly written: number;
  /** Nobody could take them, or more had waited than may. */
  readonly dropped: number;
  readonly waiting: number;
}

/** Takes whole lines, and knows of each what became of it. */
export interface LineWriter {
  write(lines: Uint8Array, count: number): void;
  /** Counts lines that were never made. */
  drop(count: number): void;
  readonly counts: LineCounts;
  /**
   * Takes no more. Resolves when all that was taken is written, or after `withinMs`: what still
   * waits then is dropped.
   *
   * @returns how many lines were not written since the beginning
   */
  end(withinMs: number): Promise<number>;
}

export interface LineWriterOptions {
  /** Told when lines can no longer be written as they come, and when they can again. */
  readonly onTrouble?: (message: string) => void;
  readonly mostWaitingBytes?: number;
}

const usualMostWaitingBytes = 64 * 1024 * 1024;
const newline = 0x0a;

/**
 * Faults after which the same bytes may be taken a moment later, and how long that moment is. A pipe
 * is read again soon; a disk has room again when somebody has cleared it. After any other fault,
 * such as a reader who has gone, nobody will ever take them.
 */
const retryMs: Readonly<Record<string, number>> = {
  EAGAIN: 20,
  EINTR: 20,
  ENOBUFS: 20,
  ENOMEM: 250,
  ENOSPC: 250,
  EDQUOT: 250,
  EFBIG: 250,
  EIO: 250,
};

interface Batch {
  readonly bytes: Uint8Array;
  readonly lines: number;
}

/**
 * Writes lines to a file descriptor, one batch at a time and in order. When nobody takes them, the
 * program goes on: a bounded amount waits, and what is beyond it is dropped and counted.
 */
export function createLineWriter(descriptor: number, options: LineWriterOptions = {}): LineWriter {
  return new DescriptorWriter(descriptor, options);
}

class DescriptorWriter implements LineWriter {
  readonly #descriptor: number;
  readonly #mostWaitingBytes: number;
  readonly #onTrouble: (message: string) => void;
  readonly #batches: Batch[] = [];
  #waitingBytes = 0;
  #written = 0;
  #dropped = 0;
  #waiting = 0;
  #writing = false;
  #ended = false;
  /** The last fault, until lines are written again. */
  #fault: string | undefined;
  #onIdle: () => void = () => undefined;

  constructor(descriptor: number, { mostWaitingBytes, onTrouble }: LineWriterOptions) {
    this.#descriptor = descriptor;
    this.#mostWaitingBytes = mostWaitingBytes ?? usualMostWaitingBytes;
    this.#onTrouble = onTrouble ?? (() => undefined);
  }

  get counts(): LineCounts {
    return { written: this.#written, dropped: this.#dropped, waiting: this.#waiting };
  }

  write(lines: Uint8Array, count: number): void {
    if (this.#ended || this.#waitingBytes + lines.length > this.#mostWaitingBytes) {
      this.#dropped += count;
      return;
    }
    this.#batches.push({ bytes: lines, lines: count });
    this.#waitingBytes += lines.length;
    this.#waiting += count;
    if (!this.#writing) this.#next();
  }

  drop(count: number): void {
    this.#dropped += count;
  }

  async end(withinMs: number): Promise<number> {
    if (this.#writing && !this.#ended)
      await new Promise<void>((resolve) => {
        const late = setTimeout(resolve, withinMs);
        this.#onIdle = () => {
          clearTimeout(late);
          resolve();
        };
      });
    this.#ended = true;
    this.#dropped += this.#waiting;
    this.#waiting = 0;
    this.#batches.length = 0;
    return this.#dropped;
  }

  #next(): void {
    const [batch] = this.#batches;
    this.#writing = batch !== undefined;
    if (batch === undefined) {
      this.#onIdle();
      return;
    }
    const { bytes } = batch;
    write(this.#descriptor, bytes, 0, bytes.length, null, (fault, written) => {
      // What still waited at the end is counted already.
      if (this.#ended) return;
      if (fault === null) {
        this.#took(batch, written);
        this.#next();
      } else this.#failed(batch, fault);
    });
  }

  #took({ bytes, lines }: Batch, written: number): void {
    const whole = written >= bytes.length;
    const taken = whole ? lines : Math.min(lines, newlinesIn(bytes.subarray(0, written)));
    if (whole) this.#batches.shift();
    else this.#batches[0] = { bytes: bytes.subarray(written), lines: lines - taken };
    this.#waitingBytes -= written;
    this.#waiting -= taken;
    this.#written += taken;
    if (this.#fault !== undefined) this.#onTrouble("records are written again");
    this.#fault = undefined;
  }

  #failed({ bytes, lines }: Batch, { code = "UNKNOWN", message }: NodeJS.ErrnoException): void {
    const laterMs = retryMs[code];
    // A full pipe is no trouble: its reader is slower than we are for a moment.
    if (code !== "EAGAIN" && this.#fault !== code) {
      const become = laterMs === undefined ? "are dropped and counted" : "wait";
      this.#onTrouble(`records cannot be written and ${become}: ${message}`);
      this.#fault = code;
    }
    if (laterMs !== undefined) {
      setTimeout(() => {
        if (!this.#ended) this.#next();
      }, laterMs).unref();
      return;
    }
    this.#batches.shift();
    this.#waitingBytes -= bytes.length;
    this.#waiting -= lines;
    this.#dropped += lines;
    this.#next();
  }
}

function newlinesIn(bytes: Uint8Array): number {
  let count = 0;
  for (let at = bytes.indexOf(newline); at !== -1; at = bytes.indexOf(newline, at + 1)) count += 1;
  return count;
}
