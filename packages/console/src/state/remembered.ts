import { type Kept, makeKept } from "./kept.ts";

/** What this browser remembers of how somebody likes the console. Nothing about the gate. */
export function remembered<T extends string>(name: string, allowed: readonly T[]): Kept<T> {
  const key = `portcullis.${name}`;
  const first = allowed[0] as T;
  const kept = makeKept<T>(allowed.find((one) => one === read(key)) ?? first);
  kept.follow((value) => write(key, value));
  return kept;
}

/** A browser may forbid it: then it lasts as long as the page. */
function read(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function write(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // As above.
  }
}
