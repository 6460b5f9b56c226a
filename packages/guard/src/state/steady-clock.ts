const clockOffset = Number(process.hrtime.bigint()) / 1e6 - performance.now();

/** Milliseconds of a clock that only goes forward and is one for all threads of the process. */
export const steadyMs = (): number => performance.now() + clockOffset;
