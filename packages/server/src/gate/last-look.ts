/** Memory that says when it was last known what is revoked, for all threads of the process. */
export const allocateLastLook = (): SharedArrayBuffer => new SharedArrayBuffer(8);

const readEveryMs = 250;
const never = 0n;

/** Written by who reads the store. The clock is one that all threads share and that never jumps. */
export function noteLook(memory: SharedArrayBuffer, agoMs: number): void {
  const at = process.hrtime.bigint() - BigInt(Math.round(agoMs * 1e6));
  Atomics.store(new BigInt64Array(memory), 0, at);
}

/**
 * How old the last good look is, at a gate thread. It is reckoned a few times a second, so that a
 * request reads one number; and by the gate thread itself, so that a control thread which is stuck
 * is noticed too.
 */
export class LastLook {
  readonly #memory: BigInt64Array;
  #ageSeconds = 0;

  constructor(memory: SharedArrayBuffer) {
    this.#memory = new BigInt64Array(memory);
    this.#reckon();
    setInterval(() => this.#reckon(), readEveryMs).unref();
  }

  readonly ageSeconds = (): number => this.#ageSeconds;

  #reckon(): void {
    const at = Atomics.load(this.#memory, 0);
    this.#ageSeconds =
      at === never ? Number.POSITIVE_INFINITY : Number(process.hrtime.bigint() - at) / 1e9;
  }
}
