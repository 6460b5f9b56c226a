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

/** A token that was verified. */
interface Verified {
  readonly token: string;
  readonly caller: Caller;
}

const tailLength = 10;

/** A number for the end of a token. Of one that is signed it is part of the signature. */
function tailOf(token: string): number {
  let hash = 0;
  for (let at = Math.max(0, token.length - tailLength); at < token.length; at += 1)
    hash = Math.imul(hash ^ token.charCodeAt(at), 0x85ebca6b);
  return hash ^ (hash >>> 15);
}

/**
 * Remembers tokens that were verified, by the whole token and nothing less: what is found by the
 * end of a token is held to the whole of it, or a forged rest would be accepted. By a number, because
 * a text that a map is asked for is copied by V8, and kept among its names. Refusals are never kept, so a flood of bad tokens cannot push
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
  let young = new Map<number, Verified>();
  let old = new Map<number, Verified>();
  const keep = (tail: number, verified: Verified): void => {
    if (young.size >= most / 2) {
      old = young;
      young = new Map();
    }
    young.set(tail, verified);
  };
  const find = (token: string, tail: number): Caller | undefined => {
    const found = young.get(tail);
    if (found?.token === token) return found.caller;
    const before = old.get(tail);
    if (before?.token !== token) return undefined;
    keep(tail, before);
    return before.caller;
  };
  const isLive = ({ expiresAtSeconds, issuedAtSeconds = 0 }: Caller, nowSeconds: number): boolean =>
    nowSeconds < expiresAtSeconds && issuedAtSeconds <= nowSeconds + toleranceSeconds;
  return {
    verify(token, nowSeconds, doubtSeconds = 0) {
      const tail = tailOf(token);
      const caller = find(token, tail);
      if (caller !== undefined) {
        if (nowSeconds < caller.expiresAtSeconds) return caller;
        if (doubtSeconds !== 0 && isLive(caller, nowSeconds + doubtSeconds)) return caller;
        young.delete(tail);
        old.delete(tail);
        return refuse(problems["token-expired"], {
          detail: `${nowSeconds - caller.expiresAtSeconds} seconds ago`,
        });
      }
      const outcome = judgeByEither((now) => check(token, now), nowSeconds, doubtSeconds);
      if (!isRefusal(outcome)) {
        keep(tail, { token, caller: outcome });
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
