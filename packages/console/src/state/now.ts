import { type Kept, makeKept, useKept } from "./kept.ts";

/** One clock for the page: times grow older together, and not each by a timer of its own. */
const now: Kept<number> = makeKept(Date.now());
const everyMs = 5000;

setInterval(() => {
  if (!document.hidden) now.set(Date.now());
}, everyMs);

export const useNow = (): number => useKept(now);
