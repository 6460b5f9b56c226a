import type { Jwks } from "@portcullis/guard/tokens";
import { fetchKeys } from "./fetch-keys.ts";

export interface KeySourceOptions {
  readonly issuer: string;
  /** Where the keys are, when the issuer has no discovery document. */
  readonly jwksUri: string | undefined;
  readonly onKeys: (jwks: Jwks) => void;
  readonly onTrouble: (message: string) => void;
  /** Told of every attempt: why it has failed; undefined: the keys were obtained. */
  readonly onFetched?: (lost: string | undefined) => void;
  /** How far the issuer's clock is ahead of the one that threads share, by its answers. */
  readonly onTime?: (aheadMs: number) => void;
  readonly refreshMs?: number;
  readonly leastPauseMs?: number;
}

/** An issuer's keys, kept fresh off the request path. */
export interface KeySource {
  /**
   * A token named a key that is not known: fetch again, at most once per pause, so that forged
   * tokens cannot flood the issuer.
   */
  askAgain(): void;
  readonly obtained: boolean;
  close(): void;
}

/**
 * Fetches the issuer's keys, and again every ten minutes. What was last obtained stays in use while the issuer cannot be reached or answers
 * nonsense: a control must not become an outage.
 */
export function openKeySource(options: KeySourceOptions): KeySource {
  const { issuer, leastPauseMs = 30_000, onKeys, onTrouble, refreshMs = 600_000 } = options;
  let last = "";
  let obtained = false;
  let closed = false;
  let fetching = false;
  let fetchedAt = Number.NEGATIVE_INFINITY;
  let failures = 0;
  let timer: NodeJS.Timeout | undefined;

  const schedule = (afterMs: number): void => {
    clearTimeout(timer);
    if (closed) return;
    timer = setTimeout(() => void refresh(), afterMs * (0.9 + Math.random() * 0.2));
    timer.unref();
  };
  const refresh = async (): Promise<void> => {
    if (fetching || closed) return;
    fetching = true;
    fetchedAt = performance.now();
    try {
      const jwks = await fetchKeys(issuer, options.jwksUri, options.onTime);
      const text = JSON.stringify(jwks);
      failures = 0;
      obtained = true;
      options.onFetched?.(undefined);
      if (text !== last) {
        last = text;
        onKeys(jwks);
      }
      schedule(refreshMs);
    } catch (fault) {
      failures += 1;
      options.onFetched?.((fault as Error).message);
      onTrouble(
        `the keys of ${issuer} could not be fetched` +
          `${obtained ? " (the last good ones stay in use)" : ""}: ${(fault as Error).message}`,
      );
      schedule(Math.min(1000 * 2 ** failures, obtained ? refreshMs : 30_000));
    } finally {
      fetching = false;
    }
  };
  void refresh();
  return {
    askAgain() {
      if (performance.now() - fetchedAt >= leastPauseMs) void refresh();
    },
    get obtained() {
      return obtained;
    },
    close() {
      closed = true;
      clearTimeout(timer);
    },
  };
}
