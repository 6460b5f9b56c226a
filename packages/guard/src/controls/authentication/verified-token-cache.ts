import { isRefusal, refuse, type Refusal } from "../../facts/refusal.ts";
import { problems } from "./problems.ts";
import type { Caller } from "../../facts/caller.ts";

/**
 * Remembers tokens that were verified, by the whole token and nothing less: a cache keyed by a part
 * of it would accept a forged rest. Refusals are never kept, so a flood of bad tokens cannot push
 * good ones out. Two generations bound the memory: when the young one is full it becomes the old
 * one, and what was not used since is forgotten.
 */
export function cacheVerifiedTokens(
  verify: (token: string, nowSeconds: number) => Caller | Refusal,
  most: number,
  onNew?: (caller: Caller) => void,
): {
  readonly verify: (token: string, nowSeconds: number) => Caller | Refusal;
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
  return {
    verify(token, nowSeconds) {
      let caller = young.get(token);
      if (caller === undefined) {
        caller = old.get(token);
        if (caller !== undefined) keep(token, caller);
      }
      if (caller !== undefined) {
        if (nowSeconds < caller.expiresAtSeconds) return caller;
        young.delete(token);
        old.delete(token);
        return refuse(problems["token-expired"], {
          detail: `${nowSeconds - caller.expiresAtSeconds} seconds ago`,
        });
      }
      const outcome = verify(token, nowSeconds);
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
