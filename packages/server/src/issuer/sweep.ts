import type { Database } from "../store/open-store.ts";

/** Refresh tokens are kept a while after their end, so that a copy that turns up late is known for what it is. */
const keepRefreshTokensMs = 2 * 86_400_000;
const keepGuessesMs = 2 * 86_400_000;

/** Takes away what has ended. Rows go in their own time: nothing relies on it. */
export async function sweep(db: Database, now: number): Promise<void> {
  await db.deleteFrom("oidc_records").where("model", "!=", "RefreshToken").where("expires_at", "<", now).execute();
  await db.deleteFrom("oidc_records").where("model", "=", "RefreshToken").where("expires_at", "<", now - keepRefreshTokensMs).execute();
  await db.deleteFrom("rotation_receipts").where("expires_at", "<", now).execute();
  await db.deleteFrom("one_time_codes").where("expires_at", "<", now).execute();
  await db.deleteFrom("guesses").where("last_at", "<", now - keepGuessesMs).execute();
  await db.deleteFrom("revocations").where("expires_at", "<", now).execute();
}
