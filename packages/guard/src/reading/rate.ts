import { mostAmount, readAmount } from "./amount.ts";

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

/** How much in how long: evenly, or in each window of the calendar. */
export type Amount =
  | { readonly kind: "rate"; readonly rate: Rate }
  | { readonly kind: "quota"; readonly quota: Quota };

/** Days belong to the calendar. */
const rolling = /^(?:s|sec|second|min|minute|h|hour)$/;
const ofCalendar = /^(?:day|month|ever)$/;

const amountOf = (most: number, window: string): Amount | undefined => {
  const windowMs = windowsMs[window];
  if (rolling.test(window) && windowMs !== undefined)
    return { kind: "rate", rate: { count: most, windowMs } };
  return ofCalendar.test(window)
    ? { kind: "quota", quota: { most, window: window as CalendarWindow } }
    : undefined;
};

export const bytesForm = "bytes in a time such as 50MiB/hour or 2GB/day";

const bytesOf: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1000,
  KiB: 1024,
  MB: 1e6,
  MiB: 1_048_576,
  GB: 1e9,
  GiB: 1_073_741_824,
  TB: 1e12,
  TiB: 1_099_511_627_776,
};
const mostBytes = 1e15 - 1;

/** Undefined when the text is no number of bytes in a time. */
export function readBytes(text: string): Amount | undefined {
  const [, count, unit = "", window = ""] = /^(\d{1,15})([kKMGT]?i?B)\/([a-z]+)$/.exec(text) ?? [];
  const most = Number(count) * (bytesOf[unit] ?? Number.NaN);
  return most >= 1 && most <= mostBytes && window !== "ever" ? amountOf(most, window) : undefined;
}

export const sumForm = "a sum in a time such as 2000/day, 99.50/hour or 10000/ever";

/** Undefined when the text is no sum in a time. Counted in millionths. */
export function readSum(text: string): Amount | undefined {
  const slash = text.lastIndexOf("/");
  const most = readAmount(text.slice(0, slash));
  return most === undefined || most === 0 || most > mostAmount * 1e6
    ? undefined
    : amountOf(most, text.slice(slash + 1));
}
