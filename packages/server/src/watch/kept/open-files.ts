import { type Engine, HeldFault, type OpenFile, UnreadableFault } from "./engine.ts";
import { type RecordFile, type RecordFiles, tablesOf } from "./record-files.ts";

interface Held {
  readonly file: RecordFile;
  readonly opened: Promise<OpenFile>;
  usedAt: number;
}

export interface OpenFilesReports {
  /** About to open a file: if this process ends before `opened`, the file has ended it. */
  readonly opening: (path: string) => void;
  readonly opened: () => void;
  readonly say: (message: string) => void;
}

/** A file holds memory while it is open; those of older days are asked for once in a while. */
const idleMs = 60_000;

/** Opens files when they are needed, once each, and closes those that nobody has needed for a while. */
export class OpenFiles {
  readonly #engine: Engine;
  readonly #files: RecordFiles;
  readonly #reports: OpenFilesReports;
  readonly #held = new Map<string, Held>();

  constructor(engine: Engine, files: RecordFiles, reports: OpenFilesReports) {
    this.#engine = engine;
    this.#files = files;
    this.#reports = reports;
  }

  /**
   * What cannot be read is set aside, and a new file stands in its place.
   *
   * @throws HeldFault where another process has it
   */
  get(file: RecordFile): Promise<OpenFile> {
    const before = this.#held.get(file.path);
    if (before !== undefined) {
      before.usedAt = performance.now();
      return before.opened;
    }
    const opened = this.#open(file);
    this.#held.set(file.path, { file, opened, usedAt: performance.now() });
    opened.catch(() => this.#held.delete(file.path));
    return opened;
  }

  async #open(file: RecordFile): Promise<OpenFile> {
    for (;;) {
      this.#reports.opening(file.path);
      try {
        return await this.#engine.open(file.path, tablesOf(file));
      } catch (fault) {
        if (!(fault instanceof UnreadableFault)) throw fault;
        const isLeft = this.#files.setAside(file);
        this.#reports.say(
          `${file.path} cannot be read (${fault.message.split("\n", 1)[0]}): ${isLeft ? "its log" : "it"} was set aside`,
        );
      } finally {
        this.#reports.opened();
      }
    }
  }

  /** @returns why it cannot be asked, in words; undefined where it can */
  async tryOpen(file: RecordFile): Promise<OpenFile | string> {
    try {
      return await this.get(file);
    } catch (fault) {
      return fault instanceof HeldFault
        ? `${file.kind} of ${file.period}: another gate that runs beside this one has the file`
        : `${file.kind} of ${file.period}: ${(fault as Error).message.split("\n", 1)[0]}`;
    }
  }

  async closeIdle(nowMs = performance.now()): Promise<void> {
    for (const { file, usedAt } of this.#held.values())
      if (nowMs - usedAt > idleMs) await this.close(file);
  }

  async close({ path }: RecordFile): Promise<void> {
    const held = this.#held.get(path);
    this.#held.delete(path);
    await (await held?.opened.catch(() => undefined))?.close();
  }

  async closeAll(): Promise<void> {
    for (const { file } of this.#held.values()) await this.close(file);
  }
}
