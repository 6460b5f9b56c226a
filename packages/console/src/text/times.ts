const steps: readonly (readonly [ms: number, word: string])[] = [
  [86_400_000, "d"],
  [3_600_000, "h"],
  [60_000, "min"],
  [1000, "s"],
];

/** How long something lasts, in its largest unit: 3 h, 12 min. */
export function spanText(ms: number): string {
  const [size, word] = steps.find(([least]) => ms >= least) ?? [1000, "s"];
  return `${Math.floor(Math.max(ms, 0) / size)}\u202f${word}`;
}

/** How long ago: "3 min ago", or "now". */
export function agoText(atMs: number, nowMs: number): string {
  const ms = nowMs - atMs;
  if (Math.abs(ms) < 2000) return "now";
  return ms > 0 ? `${spanText(ms)} ago` : `in ${spanText(-ms)}`;
}

const form = (options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat =>
  new Intl.DateTimeFormat("en-GB", { hourCycle: "h23", ...options });
const clock = form({ hour: "2-digit", minute: "2-digit" });
const clockSeconds = form({ hour: "2-digit", minute: "2-digit", second: "2-digit" });
const day = form({ day: "numeric", month: "short" });
const exact = form({
  day: "numeric",
  month: "short",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  timeZoneName: "short",
});

export const clockText = (atMs: number): string => clock.format(atMs);
export const secondsText = (atMs: number): string => clockSeconds.format(atMs);
export const dayText = (atMs: number): string => day.format(atMs);

/** In the reader's time zone and in UTC: colleagues and logs may have another. */
export const exactText = (atMs: number): string =>
  `${exact.format(atMs)} · ${new Date(atMs).toISOString()}`;

/** 03:12 of today, 21 Nov 03:12 of another day. */
export function momentText(atMs: number, nowMs: number): string {
  const isToday = new Date(atMs).toDateString() === new Date(nowMs).toDateString();
  return isToday ? clockText(atMs) : `${dayText(atMs)} ${clockText(atMs)}`;
}
