/** So many in so long: `300/min` is `{ count: 300, windowMs: 60000 }`. */
export interface Rate {
  readonly count: number;
  readonly windowMs: number;
}

const windowsMs: Readonly<Record<string, number>> = {
  s: 1000,
  sec: 1000,
  second: 1000,
  min: 60_000,
  minute: 60_000,
  h: 3_600_000,
  hour: 3_600_000,
  d: 86_400_000,
  day: 86_400_000,
};

export const rateForm = "a rate such as 20/s, 5/min or 100/hour";

/** Undefined when the text is no rate. */
export function readRate(text: string): Rate | undefined {
  const match = /^(\d{1,7})\/(s|sec|second|min|minute|h|hour|d|day)$/.exec(text);
  const count = Number(match?.[1]);
  const windowMs = windowsMs[match?.[2] ?? ""];
  return windowMs === undefined || count < 1 ? undefined : { count, windowMs };
}

/** A window of the calendar, or a lifetime. */
export type CalendarWindow = "day" | "month" | "ever";

/** So many in each window of the calendar: `2000/month` is `{ most: 2000, window: "month" }`. */
export interface Quota {
  readonly most: number;
  readonly window: CalendarWindow;
}

export const quotaForm = "a quota such as 500/day, 2000/month or 1/ever";

/** Undefined when the text is no quota. */
export function readQuota(text: string): Quota | undefined {
  const match = /^(\d{1,12})\/(day|month|ever)$/.exec(text);
  const most = Number(match?.[1]);
  return match === null || most < 1 ? undefined : { most, window: match[2] as CalendarWindow };
}
