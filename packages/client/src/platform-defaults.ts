import type { ClockPort, Fetch, HashPort, RandomPort } from "./ports.ts";
import { sha256 } from "./sha256.ts";

/**
 * What the platform has of the web's interfaces, where an adapter gives nothing better. This file is
 * the only one of the core that looks at globals beyond the language's own, and each is looked for
 * before it is used: React Native and the extensions of apps lack most of them.
 */
const web = globalThis as unknown as {
  readonly crypto?: {
    getRandomValues?(bytes: Uint8Array<ArrayBuffer>): unknown;
    readonly subtle?: {
      digest?(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer>;
    };
  };
  readonly performance?: { now?(): number };
  readonly fetch?: Fetch;
  readonly AbortController?: new () => { readonly signal: AbortSignal; abort(): void };
  setTimeout(work: () => void, ms: number): unknown;
  clearTimeout(timer: unknown): void;
};

export const defaultRandom: RandomPort = (length) => {
  const { crypto } = web;
  if (crypto?.getRandomValues === undefined)
    throw new Error(
      "this platform has no crypto.getRandomValues: give the client `random` (expo-crypto's getRandomValues, or react-native-get-random-values before everything else)",
    );
  const bytes = new Uint8Array(length);
  crypto.getRandomValues(bytes);
  return bytes;
};

export const defaultHash: HashPort = async (bytes) => {
  const subtle = web.crypto?.subtle;
  return subtle?.digest === undefined
    ? sha256(bytes)
    : new Uint8Array(await subtle.digest("SHA-256", bytes));
};

/** @throws Error where there is none: before a write, not within it */
export function defaultFetch(): Fetch {
  if (web.fetch === undefined)
    throw new Error("this platform has no fetch: give the client `fetch`");
  return (url, request) => (web.fetch as Fetch)(url, request);
}

export const systemClock: ClockPort = {
  now: () => Date.now(),
  monotonic: () => web.performance?.now?.() ?? Date.now(),
  sleep: (ms) => new Promise((resolve) => void web.setTimeout(resolve, ms)),
};

/** Calls once after so long, and keeps no process alive for it. @returns what forgets it */
export function after(ms: number, work: () => void): () => void {
  const timer = web.setTimeout(work, ms) as { unref?(): void } | number;
  if (typeof timer === "object") timer.unref?.();
  return () => web.clearTimeout(timer);
}

/** Where there is no AbortController, what was given up goes on unheard. */
export function newAbort(): { readonly signal: AbortSignal | undefined; abort(): void } {
  return web.AbortController === undefined
    ? { signal: undefined, abort: () => undefined }
    : new web.AbortController();
}
