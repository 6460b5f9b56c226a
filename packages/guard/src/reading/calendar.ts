import type { CalendarWindow } from "./rate.ts";

/** The latest time that a Date can hold: a window that does not end. */
const latest = 8.64e15;
const dayMs = 86_400_000;

/** Whether a time zone of this name is known (IANA, such as Europe/Berlin). */
export function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

/** The windows of a calendar: days or months of one time zone, or all time. */
export class Calendar {
  readonly #window: CalendarWindow;
  readonly #format: Intl.DateTimeFormat;
  #beginsAtMs = 0;
  #endsAtMs = 0;

  /** @throws RangeError for a zone that is not known */
  constructor(window: CalendarWindow, zone: string) {
    this.#window = window;
    this.#format = new Intl.DateTimeFormat("en-u-ca-iso8601-nu-latn", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
  }

  /** When the window ends that holds this moment. */
  endOf(atMs: number): number {
    if (atMs < this.#beginsAtMs || atMs >= this.#endsAtMs) this.#turnTo(atMs);
    return this.#endsAtMs;
  }

  /** How long that window is. */
  lengthOf(atMs: number): number {
    return this.endOf(atMs) - this.#beginsAtMs;
  }

  #turnTo(atMs: number): void {
    if (this.#window === "ever") {
      [this.#beginsAtMs, this.#endsAtMs] = [Number.NEGATIVE_INFINITY, latest];
      return;
    }
    const { day, month, year } = this.#localAt(atMs);
    const ofMonth = this.#window === "month";
    this.#beginsAtMs = this.#midnight(year, month, ofMonth ? 1 : day);
    this.#endsAtMs = ofMonth
      ? this.#midnight(year, month + 1, 1)
      : this.#midnight(year, month, day + 1);
  }

  /** The moment at which a local day begins. Days and months beyond the last lead into the next. */
  #midnight(year: number, month: number, day: number): number {
    const asUtc = Date.UTC(year, month - 1, day);
    const near = asUtc - this.#offsetAt(asUtc);
    const begins = asUtc - this.#offsetAt(near);
    // Where clocks are set forward at midnight, the day begins an hour later.
    return this.#localAt(begins).day === new Date(asUtc).getUTCDate()
      ? begins
      : Math.max(begins, near);
  }

  #offsetAt(atMs: number): number {
    const { asUtc } = this.#localAt(atMs);
    return asUtc - Math.floor(atMs / 1000) * 1000;
  }

  #localAt(atMs: number) {
    const parts: Record<string, number> = {};
    for (const { type, value } of this.#format.formatToParts(atMs)) parts[type] = Number(value);
    const { day = 1, hour = 0, minute = 0, month = 1, second = 0, year = 1970 } = parts;
    return { day, month, year, asUtc: Date.UTC(year, month - 1, day, hour, minute, second) };
  }
}

/** How long a window is about, for what must be said of it before any request came. */
export const nominalMs = (window: CalendarWindow): number =>
  window === "day" ? dayMs : window === "month" ? 30 * dayMs : latest;
