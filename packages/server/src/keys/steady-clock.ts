/** Milliseconds of a clock that all threads share and that nobody can set. */
export const steadyMs = (): number => Number(process.hrtime.bigint() / 1000n) / 1000;
