/** Which rows of a long list are there: those that are seen, and a few around them. */
export interface Window {
  readonly first: number;
  readonly last: number;
}

const around = 8;

/** @param scrolled how far, in pixels */
export function windowOf(scrolled: number, seen: number, rowHeight: number, count: number): Window {
  const first = Math.max(0, Math.floor(scrolled / rowHeight) - around);
  const last = Math.min(count, Math.ceil((scrolled + seen) / rowHeight) + around);
  return { first: Math.min(first, count), last };
}
