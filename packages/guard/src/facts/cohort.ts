import type { ModeFacts } from "./mode.ts";

/**
 * Whether a caller is among the first so many percent. The same caller has the same answer at every
 * operation and on every node, and stays in as the percentage grows; `salt` makes another order for
 * another control.
 */
export function inCohort({ address, caller }: ModeFacts, percent: number, salt: string): boolean {
  if (percent >= 100) return true;
  if (percent <= 0) return false;
  const text = `${salt}\n${caller?.deviceId ?? caller?.key ?? address}`;
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) % 10_000 < percent * 100;
}
