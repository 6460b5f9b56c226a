import { setImmediate as nextTurn } from "node:timers/promises";
import type { Retention } from "./policy/retention.ts";
import { knownSinceMs } from "./sign-in/known-browser.ts";
import type { Tables } from "./store/store.ts";

/**
 * Refresh tokens are kept a while after their end, so that a copy that turns up late is known for
 * what it is.
 */
const keepRefreshTokensMs = 2 * 86_400_000;
/** Rows that go in one statement: it holds others up for a few milliseconds. */
const mostRows = 1000;
/** What is left then goes with the next sweep. */
const mostStatements = 200;

/**
 * Takes away what has ended. Rows go in their own time: nothing relies on it.
 *
 * @param sessionMs how long a session lives at most: one that was not used for so long has ended
 */
export async function sweep(
  tables: Tables,
  keep: Retention,
  sessionMs: number,
  nowMs: number,
): Promise<void> {
  await tables.oidcRecords.removeExpired(nowMs, nowMs - keepRefreshTokensMs);
  await tables.rotationReceipts.removeExpired(nowMs);
  await tables.knownBrowsers.removeBefore(knownSinceMs(nowMs));
  const { appSessions, audit, counters, devices, oneTimeCodes, revocations } = tables;
  const ended = nowMs - keep.sessions;
  await inBatches((most) => oneTimeCodes.removeExpired(nowMs - keep.codes, most));
  await inBatches((most) => counters.removeUnused(nowMs, most));
  await inBatches((most) => revocations.removeExpired(nowMs, most));
  await inBatches((most) => audit.removeBefore(nowMs - keep.audit, most));
  await inBatches((most) => devices.removeUnseen(nowMs - keep.devices, most));
  await inBatches((most) => appSessions.removeEnded(ended, ended - sessionMs, most));
}

async function inBatches(remove: (most: number) => Promise<number>): Promise<void> {
  for (let statements = 0; statements < mostStatements; statements += 1) {
    if ((await remove(mostRows)) < mostRows) return;
    await nextTurn();
  }
}
