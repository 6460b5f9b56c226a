import { refuse, type Refusal } from "../../facts/refusal.ts";
import type { Taken } from "../../state/state.ts";
import type { Bounds } from "./bounds.ts";

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
  asked: readonly Bounds[],
  atMs: number,
  { legacyHeaders }: Telling,
): Refusal {
  const bounds = asked[refusedBy] as Bounds;
  const { item, policy, problem, rule } = bounds;
  const seconds = secondsUntil(bounds, waitMs, atMs);
  const headers: [string, string][] = [
    ["RateLimit-Policy", policy],
    ["RateLimit", item(0, rule.kind === "concurrent" ? 0 : seconds)],
  ];
  if (legacyHeaders) headers.push(...legacyFields(bounds, 0, seconds));
  return refuse(problem, {
    detail: `${rule.place}: ${policy}`,
    ...(seconds === 0 ? {} : { retryAfterSeconds: seconds }),
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
