import { isRefusal, refuse, type Refusal } from "../../facts/refusal.ts";
import { judgeByEither } from "../../facts/either-clock.ts";
import { problems } from "./problems.ts";
import type { Caller } from "../../facts/caller.ts";

/** @param doubtSeconds how far another clock is ahead that may be right instead, or 0 */
export type VerifyToken = (
  token: string,
  nowSeconds: number,
  doubtSeconds?: number,
) => Caller | Refusal;

interface CacheOptions {
  readonly most: number;
  /** How far `iat` may be ahead. */
  readonly toleranceSeconds: number;
  readonly onNew?: ((caller: Caller) => void) | undefined;
}

/**
 * Remembers tokens that were verified, by the whole token and nothing less: a cache keyed by a part
 * of it would accept a forged rest. Refusals are never kept, so a flood of bad tokens cannot push
 * good ones out. Two generations bound the memory: when the young one is full it becomes the old
 * one, and what was not used since is forgotten.
 */
export function cacheVerifiedTokens(
  check: (token: string, nowSeconds: number) => Caller | Refusal,
  { most, onNew, toleranceSeconds }: CacheOptions,
): {
  readonly verify: VerifyToken;
  readonly forget: () => void;
} {
  let young = new Map<string, Caller>();
  let old = new Map<string, Caller>();
  const keep = (token: string, caller: Caller): void => {
    if (young.size >= most / 2) {
      old = young;
      young = new Map();
    }
    young.set(token, caller);
  };
  const isLive = ({ expiresAtSeconds, issuedAtSeconds = 0 }: Caller, nowSeconds: number): boolean =>
    nowSeconds < expiresAtSeconds && issuedAtSeconds <= nowSeconds + toleranceSeconds;
  return {
    verify(token, nowSeconds, doubtSeconds = 0) {
      let caller = young.get(token);
      if (caller === undefined) {
        caller = old.get(token);
        if (caller !== undefined) keep(token, caller);
      }
      if (caller !== undefined) {
        if (nowSeconds < caller.expiresAtSeconds) return caller;
        if (doubtSeconds !== 0 && isLive(caller, nowSeconds + doubtSeconds)) return caller;
        young.delete(token);
        old.delete(token);
        return refuse(problems["token-expired"], {
          detail: `${nowSeconds - caller.expiresAtSeconds} seconds ago`,
        });
      }
      const outcome = judgeByEither((now) => check(token, now), nowSeconds, doubtSeconds);
      if (!isRefusal(outcome)) {
        keep(token, outcome);
        onNew?.(outcome);
      }
      return outcome;
    },
    /** Keys or rules have changed: every token is verified anew. */
    forget() {
      young = new Map();
      old = new Map();
    },
  };
}
