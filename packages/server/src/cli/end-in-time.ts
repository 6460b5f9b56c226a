/** What may still take its time after the requests in flight have had theirs. */
const afterDrainMs = 1750;
/** Lets what was just written reach whoever reads it. */
const lastWordsMs = 250;

/** What the system does for us in threads of its own; the process waits for it to end. */
const pooled: readonly string[] = ["FSReqCallback", "FSReqPromise", "GetAddrInfoReqWrap"];

/**
 * Closes, and ends the process in time whatever hangs: an output that nobody reads, a database that
 * does not answer, a disk that is gone.
 *
 * @returns the exit code, where nothing hangs
 */
export async function endInTime(close: () => Promise<void>, drainMs: number): Promise<number> {
  setTimeout(() => endNow(1), drainMs + afterDrainMs).unref();
  await close();
  // Messages that nobody reads would keep the process.
  setTimeout(() => endNow(0), lastWordsMs).unref();
  return 0;
}

function endNow(code: number): void {
  // An exit waits for a write that the system does not give back; a kill does not.
  const isHeld = process.getActiveResourcesInfo().some((one) => pooled.includes(one));
  if (isHeld) process.kill(process.pid, "SIGKILL");
  process.exit(code);
}
