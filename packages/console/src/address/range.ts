/** A stretch of time that a page is about. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

export const recentRanges = ["1h", "6h", "24h", "7d", "30d"] as const;
export type RecentRange = (typeof recentRanges)[number];

const sizes: Readonly<Record<RecentRange, number>> = {
  "1h": 3_600_000,
  "6h": 6 * 3_600_000,
  "24h": 86_400_000,
  "7d": 7 * 86_400_000,
  "30d": 30 * 86_400_000,
};

export const usualRange: RecentRange = "24h";
export const weekMs = 7 * 86_400_000;
const hourMs = 3_600_000;
const longestMs = 400 * 86_400_000;

/** What an address may say: a recent range, or two times. Anything else is the usual range. */
export type Range = RecentRange | Span;

export function readRange(text: string | null): Range {
  const recent = recentRanges.find((one) => one === text);
  if (recent !== undefined) return recent;
  const [fromMs = Number.NaN, toMs = Number.NaN] = (text ?? "").split("..").map(Date.parse);
  const isSpan = fromMs < toMs && toMs - fromMs <= longestMs;
  return isSpan ? { fromMs, toMs } : usualRange;
}

export const rangeText = (range: Range): string =>
  typeof range === "string" ? range : `${shortIso(range.fromMs)}..${shortIso(range.toMs)}`;

const shortIso = (ms: number): string => new Date(ms).toISOString().replace(/:\d\d\.\d{3}Z$/, "Z");

/** Whole steps, so that the same question is asked twice in the same words. */
export function spanOf(range: Range, nowMs: number): Span {
  if (typeof range !== "string") return range;
  const toMs = Math.ceil(nowMs / 60_000) * 60_000;
  return { fromMs: toMs - sizes[range], toMs };
}

export type Step = "minute" | "hour" | "day";
export const stepMs: Readonly<Record<Step, number>> = {
  minute: 60_000,
  hour: hourMs,
  day: 86_400_000,
};

/** As fine as can be told apart on a screen, and as counts are kept: by the minute for two days. */
export function stepFor({ fromMs, toMs }: Span, nowMs: number): Step {
  const length = toMs - fromMs;
  if (length <= 6 * hourMs && nowMs - fromMs < 2 * 86_400_000) return "minute";
  return length <= 8 * 86_400_000 ? "hour" : "day";
}

/** The same hours a week before. */
export const weekBefore = ({ fromMs, toMs }: Span): Span => ({
  fromMs: fromMs - weekMs,
  toMs: toMs - weekMs,
});

/** The span moved by an hour, never into the future. */
export function moved(range: Range, hours: number, nowMs: number): Range {
  const { fromMs, toMs } = spanOf(range, nowMs);
  const by = Math.min(hours * hourMs, nowMs - toMs + 60_000);
  return by === 0 ? range : { fromMs: fromMs + by, toMs: toMs + by };
}
