import { write } from "node:fs";

/** Takes whole lines; says when there were too many. */
export interface RecordWriter {
  write(lines: Uint8Array, count: number): void;
  readonly dropped: number;
  /** Resolves when all that was taken is written. */
  flush(): Promise<void>;
}

const mostWaitingBytes = 64 * 1024 * 1024;
const retryMs = 20;

/**
 * Writes records to a file descriptor, one batch at a time and in order. When whoever reads them
 * stops reading, the gate goes on serving: a bounded amount waits, and what is beyond it is dropped
 * and counted.
 */
export function createRecordWriter(descriptor: number): RecordWriter {
  const waiting: Uint8Array[] = [];
  let waitingBytes = 0;
  let dropped = 0;
  let writing = false;
  let idle: (() => void)[] = [];

  const next = (): void => {
    const [bytes] = waiting;
    if (bytes === undefined) {
      writing = false;
      for (const resolve of idle) resolve();
      idle = [];
      return;
    }
    writing = true;
    write(descriptor, bytes, 0, bytes.length, null, (fault, written) => {
      if (fault !== null && fault.code === "EAGAIN") {
        setTimeout(next, retryMs);
        return;
      }
      if (fault !== null || written >= bytes.length) {
        waiting.shift();
        waitingBytes -= bytes.length;
      } else {
        waiting[0] = bytes.subarray(written);
        waitingBytes -= written;
      }
      next();
    });
  };
  return {
    write(lines, count) {
      if (waitingBytes + lines.length > mostWaitingBytes) {
        dropped += count;
        return;
      }
      waiting.push(lines);
      waitingBytes += lines.length;
      if (!writing) next();
    },
    get dropped() {
      return dropped;
    },
    flush: () => (writing ? new Promise((resolve) => idle.push(resolve)) : Promise.resolve()),
  };
}
