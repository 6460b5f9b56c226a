import { type FileHandle, open } from "node:fs/promises";
import { dirname } from "node:path";
import { Worker } from "node:worker_threads";

export interface WriteAheadLogOptions {
  /** The database's file; its log lies beside it. */
  readonly file: string;
  /** Waits for the disk. */
  readonly sync?: (log: FileHandle) => Promise<void>;
  /** From this size on it is written back into the database: 8 MiB. */
  readonly mostBytes?: number;
  /** So often at most is looked how large it is: five seconds. */
  readonly lookEveryMs?: number;
}

/**
 * SQLite's log of what was committed, made durable beside the thread that answers: SQLite itself
 * would stop that thread for every wait for the disk. SQLite writes the log and reads it again after
 * a crash (journal_mode=WAL, synchronous=NORMAL); what waits for the disk is here.
 */
export class WriteAheadLog {
  readonly #file: string;
  readonly #sync: (log: FileHandle) => Promise<void>;
  readonly #mostBytes: number;
  readonly #lookEveryMs: number;
  #log: FileHandle | undefined;
  /** A wait that has begun: what was committed since is not in it. */
  #begun: Promise<void> | undefined;
  /** The wait that begins when that one has ended. */
  #next: Promise<void> | undefined;
  #lookedAt = 0;
  #copying: Worker | undefined;

  constructor({
    file,
    lookEveryMs = 5000,
    mostBytes = 8_388_608,
    sync = (log) => log.datasync(),
  }: WriteAheadLogOptions) {
    this.#file = file;
    this.#sync = sync;
    this.#mostBytes = mostBytes;
    this.#lookEveryMs = lookEveryMs;
  }

  /**
   * Resolves when all that was committed until now is durable.
   *
   * @throws Error when the disk cannot say so: whether it is durable is not known then
   */
  makeDurable(): Promise<void> {
    this.#next ??= this.#afterBegun();
    return this.#next;
  }

  /** Waits for what others have committed and wait for themselves; begins nothing. */
  async settle(): Promise<void> {
    await (this.#next ?? this.#begun);
  }

  /**
   * Writes the log back into the database on a thread of its own, when it has grown.
   *
   * @param onCopied when little of it is left to write back
   */
  async shorten(onCopied: () => void): Promise<void> {
    const now = performance.now();
    if (this.#log === undefined || this.#copying !== undefined) return;
    if (now - this.#lookedAt < this.#lookEveryMs) return;
    this.#lookedAt = now;
    if ((await this.#log.stat()).size < this.#mostBytes) return;
    const name = import.meta.url.endsWith(".ts") ? "./copying-thread.ts" : "./copying-thread.js";
    const worker = new Worker(new URL(name, import.meta.url), { workerData: this.#file });
    worker.unref();
    this.#copying = worker;
    // A thread that fails leaves the log as long as it was: it is tried again.
    worker.on("error", () => undefined);
    worker.once("exit", (code) => {
      this.#copying = undefined;
      if (code === 0) onCopied();
    });
  }

  async close(): Promise<void> {
    await this.settle().catch(() => undefined);
    await this.#copying?.terminate();
    await this.#log?.close();
  }

  async #afterBegun(): Promise<void> {
    await this.#begun?.catch(() => undefined);
    this.#begun = this.#next;
    this.#next = undefined;
    try {
      this.#log ??= await openLog(this.#file);
      await this.#sync(this.#log);
    } finally {
      if (this.#next === undefined) this.#begun = undefined;
    }
  }
}

/** The log, whose name is durable too. */
async function openLog(file: string): Promise<FileHandle> {
  const folder = await open(dirname(file), "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
  return open(`${file}-wal`, "r+");
}
