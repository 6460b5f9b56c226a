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
 * What a failed request's error carries where the name was not found or nobody listened: not a byte
 * of it was sent. Phones do not tell, and so every other failure may have come after sending.
 */
const beforeSending: ReadonlySet<unknown> = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN"]);

export const wasNeverSent = (fault: unknown): boolean =>
  beforeSending.has(
    (fault as { readonly cause?: { readonly code?: unknown } } | null)?.cause?.code,
  );
