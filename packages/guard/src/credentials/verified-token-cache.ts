import { refuse, type Refusal } from "../refusal.ts";
import type { Principal } from "./principal.ts";

/**
 * Remembers tokens that were verified, by the whole token and nothing less: a cache keyed by a part of it would accept a
 * forged rest. Refusals are never kept, so a flood of bad tokens cannot push good ones out. Two generations bound the
 * memory: when the young one is full it becomes the old one, and what was not used since is forgotten.
 */
export function cacheVerifiedTokens(verify: (token: string, nowSeconds: number) => Principal | Refusal, most: number, onNew?: (principal: Principal) => void): { readonly verify: (token: string, nowSeconds: number) => Principal | Refusal; readonly forget: () => void } {
  let young = new Map<string, Principal>();
  let old = new Map<string, Principal>();
  const keep = (token: string, principal: Principal): void => {
    if (young.size >= most / 2) {
      old = young;
      young = new Map();
    }
    young.set(token, principal);
  };
  return {
    verify(token, nowSeconds) {
      let principal = young.get(token);
      if (principal === undefined) {
        principal = old.get(token);
        if (principal !== undefined) keep(token, principal);
      }
      if (principal !== undefined) {
        if (nowSeconds < principal.expiresAtSeconds) return principal;
        young.delete(token);
        old.delete(token);
        return refuse("token-expired", { detail: `${nowSeconds - principal.expiresAtSeconds} seconds ago` });
      }
      const outcome = verify(token, nowSeconds);
      if (!("code" in outcome)) {
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
