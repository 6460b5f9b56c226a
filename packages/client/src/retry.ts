import type { ClockPort } from "./ports.ts";

const least = 500;
const most = 8000;

/**
 * Full jitter: a thousand devices that lost the same server do not come back in the same second.
 */
export async function backOff(
  clock: ClockPort,
  attempt: number,
  atLeastSeconds: number | undefined,
): Promise<void> {
  const spread = Math.random() * Math.min(most, least * 2 ** attempt);
  await clock.sleep((atLeastSeconds ?? 0) * 1000 + Math.max(50, spread));
}

/**
 * A network that fails says so by throwing; what it throws differs by platform. An abort by the
 * caller is none.
 */
export const isNetworkFault = (fault: unknown): boolean =>
  fault instanceof Error &&
  fault.name !== "AbortError" &&
  (fault.name === "TypeError" ||
    fault.name === "TimeoutError" ||
    fault.name === "NetworkError" ||
    "code" in fault);
