import { hashKey } from "./key-hash.ts";

const slots = 8192;

/** Counters of writes, for all gate threads. */
export const allocateWriteVersions = (): SharedArrayBuffer => new SharedArrayBuffer(slots * 4);

/**
 * How often something was written at a path or below it, in memory that all gate threads share:
 * what a thread remembers of an object is stale from the moment that another one has passed a write
 * to it. Two paths may share a counter; then the backend is only asked once more than necessary.
 */
export class WriteVersions {
  readonly #counters: Uint32Array;
  readonly #hash = new Uint32Array(2);

  constructor(memory: SharedArrayBuffer = allocateWriteVersions()) {
    this.#counters = new Uint32Array(memory);
  }

  of(path: string): number {
    return Atomics.load(this.#counters, this.#slot(path));
  }

  /** A write to a path may change what is told of it and of all that stands above it. */
  written(path: string): void {
    for (let at = path; at.length > 0; at = at.slice(0, at.lastIndexOf("/")))
      Atomics.add(this.#counters, this.#slot(at), 1);
  }

  #slot(path: string): number {
    hashKey(path, 0, 0, this.#hash);
    return (this.#hash[0] as number) % slots;
  }
}
