import type { Tables } from "./store/store.ts";

/**
 * Refresh tokens are kept a while after their end, so that a copy that turns up late is known for
 * what it is.
 */
const keepRefreshTokensMs = 2 * 86_400_000;

/** Takes away what has ended. Rows go in their own time: nothing relies on it. */
export async function sweep(tables: Tables, nowMs: number): Promise<void> {
  await tables.oidcRecords.removeExpired(nowMs, nowMs - keepRefreshTokensMs);
  await tables.rotationReceipts.removeExpired(nowMs);
  await tables.oneTimeCodes.removeExpired(nowMs);
  await tables.counters.removeUnused(nowMs, 10_000);
  await tables.revocations.removeExpired(nowMs);
}
