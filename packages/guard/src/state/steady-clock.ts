const enoughReads = 1000;
/** Two clocks that were read within so long of each other are as near as they need be. */
const nearMs = 0.002;

/**
 * How far the clock of the process is ahead of this thread's. A thread may lose its core between
 * two readings: it would count by a clock of its own, and let pass what another has let pass.
 */
function readOffset(): number {
  let offset = 0;
  let nearest = Number.POSITIVE_INFINITY;
  for (let reads = 0; reads < enoughReads && nearest > nearMs; reads += 1) {
    const before = performance.now();
    const now = Number(process.hrtime.bigint()) / 1e6;
    const took = performance.now() - before;
    if (took < nearest) [nearest, offset] = [took, now - before - took / 2];
  }
  return offset;
}

const clockOffset = readOffset();

/** Milliseconds of a clock that only goes forward and is one for all threads of the process. */
export const steadyMs = (): number => performance.now() + clockOffset;
