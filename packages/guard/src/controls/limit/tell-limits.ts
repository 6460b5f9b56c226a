import { refuse, type Refusal } from "../../facts/refusal.ts";
import { amountText } from "../../reading/amount.ts";
import type { Bucket, Taken } from "../../state/state.ts";
import type { Bounds } from "./bounds.ts";

/** What a request asks of its limits: each bucket, and the bounds that it is of. */
export interface Asking {
  readonly asked: readonly Bounds[];
  readonly buckets: readonly Bucket[];
}

/** How answers speak of limits. */
export interface Telling {
  readonly headers: "always" | "refusals";
  readonly legacyHeaders: boolean;
}

const quotaExceeded = "https://iana.org/assignments/http-problem-types#quota-exceeded";
/** Nobody knows when another request is answered. */
const concurrentRetrySeconds = 1;

/** The refusal of the bucket that had not enough left. */
export function refusalOf(
  { refusedBy, waitMs }: Taken,
  { asked, buckets }: Asking,
  atMs: number,
  { legacyHeaders }: Telling,
): Refusal {
  const bounds = asked[refusedBy] as Bounds;
  const { item, most, policy, problem, rule } = bounds;
  const { measure, place } = rule;
  const isTooMuch = measure.of !== "requests" && (buckets[refusedBy] as Bucket).cost > most;
  // However long it waits, it never fits.
  const seconds = isTooMuch ? 0 : secondsUntil(bounds, waitMs, atMs);
  const retry = seconds === 0 ? {} : { retryAfterSeconds: seconds };
  if (measure.of === "sum")
    return refuse(problem, {
      detail: `${place}: ${measure.part} comes to more than ${amountText(most)}`,
      ...retry,
      type: quotaExceeded,
    });
  const headers: [string, string][] = [
    ["RateLimit-Policy", policy],
    ["RateLimit", item(0, rule.kind === "concurrent" ? 0 : seconds)],
  ];
  if (legacyHeaders) headers.push(...legacyFields(bounds, 0, seconds));
  return refuse(problem, {
    detail: `${place}: ${policy}`,
    ...retry,
    type: quotaExceeded,
    headers,
  });
}

function secondsUntil(bounds: Bounds, waitMs: number, atMs: number): number {
  const { kind } = bounds.rule;
  if (kind === "concurrent") return concurrentRetrySeconds;
  return kind === "quota" ? bounds.moreInSeconds(atMs) : Math.max(1, Math.ceil(waitMs / 1000));
}

/**
 * Tells the caller of the limit that is nearest: that which would refuse the earliest of further
 * requests like this one.
 */
export function tellNearest(
  { remaining }: Taken,
  asked: readonly Bounds[],
  atMs: number,
  { headers, legacyHeaders }: Telling,
  answerFields: string[],
): void {
  if (headers === "refusals") return;
  let nearest = -1;
  let least = Number.POSITIVE_INFINITY;
  for (let index = 0; index < remaining.length; index += 1) {
    // How many more requests fit, nobody knows.
    if ((asked[index] as Bounds).rule.measure.of !== "requests") continue;
    const left = (remaining[index] as number) / (asked[index] as Bounds).cost;
    if (left < least) {
      nearest = index;
      least = left;
    }
  }
  if (nearest === -1) return;
  const bounds = asked[nearest] as Bounds;
  const left = Math.floor(remaining[nearest] as number);
  const seconds = bounds.moreInSeconds(atMs);
  answerFields.push("RateLimit-Policy", bounds.policy, "RateLimit", bounds.item(left, seconds));
  if (!legacyHeaders) return;
  for (const [name, value] of legacyFields(bounds, left, seconds)) answerFields.push(name, value);
}

/** The fields that many clients of other gateways read. Reset is in seconds from now. */
const legacyFields = (
  { most }: Bounds,
  remaining: number,
  resetSeconds: number,
): [string, string][] => [
  ["X-RateLimit-Limit", String(most)],
  ["X-RateLimit-Remaining", String(remaining)],
  ["X-RateLimit-Reset", String(resetSeconds)],
];
