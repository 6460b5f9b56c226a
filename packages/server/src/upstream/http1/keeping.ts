/** How long a connection is kept without a request where its backend does not say. */
const idleMs = 4000;
export const longestIdleMs = 60_000;
/** Before the backend would close it: what is sent at that moment is lost. */
const keepMarginMs = 1000;
/** Addresses change their meaning, and balancers their minds. */
export const longestLifeMs = 600_000;

/**
 * How long a connection may rest; 0 or less: it is not worth keeping.
 *
 * @param keepSeconds how long the backend keeps it, where it says so
 */
export const mostRestMs = (keepSeconds: number | undefined): number =>
  Math.min(keepSeconds === undefined ? idleMs : keepSeconds * 1000 - keepMarginMs, longestIdleMs);
