import { hash } from "node:crypto";
import type { Caller } from "../../facts/caller.ts";
import { refuse, type Refusal } from "../../facts/refusal.ts";
import type { CallerOf } from "./claims.ts";
import { problems } from "./problems.ts";

/** An API key as the gate keeps it: what it opens, and never the key itself. */
export interface ApiKey {
  readonly id: string;
  /** SHA-256 of the key, base64url. Keys are random, so that nobody can try them all. */
  readonly hash: string;
  readonly subject: string;
  readonly client: string | undefined;
  readonly roles: readonly string[];
  readonly scopes: readonly string[];
  readonly tier: string | undefined;
  readonly issuedAtSeconds: number;
  /** Undefined: until it is taken out of the file. */
  readonly expiresAtSeconds: number | undefined;
}

export const hashOfKey = (key: string): string => hash("sha256", key, "base64url");

/**
 * Verifies API keys by their hashes. How long a look-up takes tells something of hashes at most,
 * and whoever calls cannot choose those.
 */
export function compileApiKeyCheck(
  keys: readonly ApiKey[],
  callerOf: CallerOf,
): (key: string, nowSeconds: number) => Caller | Refusal {
  const callers = new Map<string, Caller>(
    keys.map((key): [string, Caller] => [
      key.hash,
      callerOf(
        {
          jti: key.id,
          iat: key.issuedAtSeconds,
          client: key.client,
          roles: key.roles,
          scopes: key.scopes,
          tier: key.tier,
        },
        key.subject,
        key.expiresAtSeconds ?? Infinity,
      ),
    ]),
  );
  return (key, nowSeconds) => {
    const caller = callers.get(hashOfKey(key));
    if (caller === undefined)
      return refuse(problems["api-key-invalid"], { detail: "no such key is known" });
    return nowSeconds < caller.expiresAtSeconds
      ? caller
      : refuse(problems["api-key-invalid"], {
          detail: `${caller.tokenId} ended ${nowSeconds - caller.expiresAtSeconds} seconds ago`,
        });
  };
}
