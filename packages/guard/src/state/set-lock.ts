/**
 * A thread holds a lock for less than a microsecond, unless the machine takes its core away
 * meanwhile: then the others sleep.
 */
const spins = 200;
/** A thread that was ended while it held the lock must not stop the others for ever. */
const mostSleepsOfOneMs = 250;

/** Waits for a lock among those that threads share. Given back by storing 0. */
export function lockSet(locks: Int32Array, set: number): void {
  for (let tries = 0; tries < spins; tries += 1)
    if (Atomics.compareExchange(locks, set, 0, 1) === 0) return;
  for (let sleeps = 0; sleeps < mostSleepsOfOneMs; sleeps += 1) {
    Atomics.wait(locks, set, 1, 1);
    if (Atomics.compareExchange(locks, set, 0, 1) === 0) return;
  }
}
