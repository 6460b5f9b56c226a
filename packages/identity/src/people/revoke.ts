import type { Revocation } from "@portcullis/guard/tokens";
import type { RevocationTable } from "../store/revocations.ts";

/** Longer than any access token may live. */
export const longestTokenSeconds = 25 * 3600;

export interface NewRevocation extends Pick<Revocation, "kind" | "value"> {
  /** Tokens issued at this second or before it; absent: all. */
  readonly beforeSeconds?: number;
  /** Tokens of an account version below this. */
  readonly leastVersion?: number;
  /** How long it must be known; absent: as long as any token of this issuer may live. */
  readonly lastsMs?: number;
}

/**
 * Writes down which tokens are no longer believed. Every node reads it within a fraction of a
 * second.
 */
export async function revoke(
  table: RevocationTable,
  nowMs: number,
  { beforeSeconds, kind, lastsMs, leastVersion, value }: NewRevocation,
): Promise<void> {
  await table.put(
    {
      kind,
      value,
      beforeSeconds,
      leastVersion,
      expiresAtMs: nowMs + (lastsMs ?? longestTokenSeconds * 1000),
    },
    nowMs,
  );
}
