import { randomBytes } from "node:crypto";
import { type FileHandle, mkdir, open, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import {
  allocateSharedProvenance,
  countsOfProvenance,
  type ProvenanceCounts,
  provenancePageBytes,
  type ProvenanceSize,
  type SharedProvenance,
} from "@portcullis/guard/state";
import { adoptKept, countKept, readHeader, seedsOf, writeHeader } from "./kept-provenance.ts";

const usualSaveMs = 15_000;
const seedBytes = 16;

export interface ProvenanceFile {
  /** Undefined where no rule asks for it, or where Redis has it. */
  readonly shared: SharedProvenance | undefined;
  counts(): ProvenanceCounts | undefined;
  close(): Promise<void>;
}

/**
 * What callers were shown, kept across restarts: read at the start; every fifteen seconds and at
 * the end, what has changed since is written. A disk that cannot be written to is told of, and
 * tried again: the gate serves from memory meanwhile.
 *
 * @param size undefined where nothing is to be kept here
 */
export async function openProvenance(
  directory: string,
  size: ProvenanceSize | undefined,
  say: (message: string) => void,
  saveEveryMs = usualSaveMs,
): Promise<ProvenanceFile> {
  if (size === undefined)
    return { shared: undefined, counts: () => undefined, close: () => Promise.resolve() };
  const file = join(directory, "provenance");
  const before = await read(file);
  const header = before === undefined ? undefined : readHeader(before);
  const seed = header?.seed ?? randomBytes(seedBytes);
  const shared = allocateSharedProvenance(size, seedsOf(seed));
  const head = writeHeader(size, seed);
  const fits = before !== undefined && before.subarray(0, head.length).equals(head);
  if (before !== undefined && fits) {
    before.copy(Buffer.from(shared.kept), 0, head.length);
    countKept(shared);
  } else if (before !== undefined && header !== undefined) adoptKept(before, header.size, shared);
  const saving = new Saving(file, shared, head, fits);
  let troubled = false;
  const save = (): Promise<void> =>
    saving.save().then(
      () => void (troubled = false),
      (fault: unknown) => {
        if (!troubled) say(`what callers were shown cannot be kept: ${(fault as Error).message}`);
        troubled = true;
      },
    );
  let last = Promise.resolve();
  const timer = setInterval(() => (last = last.then(save)), saveEveryMs);
  timer.unref();
  return {
    shared,
    counts: () => countsOfProvenance(shared),
    async close() {
      clearInterval(timer);
      await last.then(save);
      await saving.close();
    },
  };
}

/**
 * Writes the pages that have changed, in their places. A page that is torn by a failing machine is
 * harmless: each id stands under a hash of its caller, and what is no more whole is only forgotten.
 */
class Saving {
  readonly #file: string;
  readonly #head: Buffer;
  readonly #kept: Buffer;
  readonly #written: Uint8Array;
  /** Whether the file has this form already. */
  #exists: boolean;
  #handle: FileHandle | undefined;

  constructor(file: string, shared: SharedProvenance, head: Buffer, exists: boolean) {
    this.#file = file;
    this.#head = head;
    this.#kept = Buffer.from(shared.kept);
    this.#written = new Uint8Array(shared.written);
    this.#exists = exists;
  }

  async save(): Promise<void> {
    if (!this.#exists) await this.#create();
    this.#handle ??= await open(this.#file, "r+");
    for (let page = 0; page < this.#written.length; page += 1) {
      // Taken back before it is copied: what is written meanwhile is written again next time.
      if (Atomics.exchange(this.#written, page, 0) === 0) continue;
      try {
        await this.#writePage(this.#handle, page);
      } catch (fault) {
        Atomics.store(this.#written, page, 1);
        await this.close();
        throw fault;
      }
    }
  }

  async close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.close().catch(() => undefined);
  }

  async #writePage(handle: FileHandle, page: number): Promise<void> {
    const from = page * provenancePageBytes;
    // A copy: threads write while the disk is waited for.
    const bytes = Buffer.from(this.#kept.subarray(from, from + provenancePageBytes));
    for (let done = 0; done < bytes.length; ) {
      const { bytesWritten } = await handle.write(
        bytes,
        done,
        bytes.length - done,
        this.#head.length + from + done,
      );
      done += bytesWritten;
    }
  }

  /** A file of this form, whole before it takes the place of another. */
  async #create(): Promise<void> {
    await mkdir(join(this.#file, ".."), { recursive: true, mode: 0o700 });
    const fresh = `${this.#file}.new`;
    const handle = await open(fresh, "w", 0o600);
    try {
      await handle.write(this.#head, 0, this.#head.length, 0);
      await handle.truncate(this.#head.length + this.#kept.length);
      for (let page = 0; page < this.#written.length; page += 1)
        if (Atomics.exchange(this.#written, page, 0) === 1) await this.#writePage(handle, page);
    } catch (fault) {
      // Nothing of it counts: all is written when it is tried again.
      this.#written.fill(1);
      throw fault;
    } finally {
      await handle.close();
    }
    await rename(fresh, this.#file);
    this.#exists = true;
  }
}

async function read(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file);
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code !== "ENOENT") throw fault;
    return undefined;
  }
}
