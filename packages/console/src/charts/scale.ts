import { clockText, dayText } from "../text/times.ts";
import type { Span } from "../address/range.ts";

/** Round numbers from 0 up to what has to be shown: 0, 50, 100, 150. */
export function ticksUpTo(most: number, about = 3): readonly number[] {
  if (!(most > 0) || !Number.isFinite(most)) return [0, 1];
  const rough = most / about;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((one) => one * power).find((one) => one >= rough) ?? rough;
  const count = Math.ceil(most / step);
  return Array.from({ length: count + 1 }, (_none, index) => index * step);
}

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const timeSteps = [
  10 * minute,
  30 * minute,
  hour,
  2 * hour,
  3 * hour,
  6 * hour,
  12 * hour,
  day,
  2 * day,
  7 * day,
  14 * day,
  30 * day,
];

export interface TimeTick {
  readonly atMs: number;
  readonly text: string;
}

/** Whole hours or days of the reader's own zone, also over a change of its clock. */
export function timeTicks({ fromMs, toMs }: Span, about: number): readonly TimeTick[] {
  const step = timeSteps.find((one) => (toMs - fromMs) / one <= about) ?? 30 * day;
  const start = new Date(fromMs);
  start.setHours(0, 0, 0, 0);
  const ticks: TimeTick[] = [];
  for (let index = 0; ticks.length <= about; index += 1) {
    const at = new Date(start);
    if (step >= day) at.setDate(start.getDate() + (index * step) / day);
    else at.setMinutes((index * step) / minute);
    const atMs = at.getTime();
    if (atMs >= toMs) break;
    if (atMs < fromMs) continue;
    const isMidnight = at.getHours() === 0 && at.getMinutes() === 0;
    ticks.push({ atMs, text: isMidnight ? dayText(atMs) : clockText(atMs) });
  }
  return ticks;
}
