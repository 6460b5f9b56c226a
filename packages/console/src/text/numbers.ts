const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 3 });

/** Thin spaces between thousands, as in 12 480. */
export const countText = (count: number): string =>
  whole.format(Math.round(count)).replaceAll(",", "\u202f");

/** 4.1 M: where the size says all. */
export const shortCount = (count: number): string =>
  count < 10_000
    ? countText(count)
    : short
        .format(count)
        .replace(/([KMBT])$/, "\u202f$1")
        .replace("K", "k");

/** Of one: 0.3 %, 12 %, < 0.1 %. */
export function percentText(share: number): string {
  const percent = share * 100;
  if (percent === 0 || Number.isNaN(percent)) return "0\u202f%";
  if (percent < 0.1) return "< 0.1\u202f%";
  if (percent > 99.9 && percent < 100) return "> 99.9\u202f%";
  return `${percent < 10 ? Math.round(percent * 10) / 10 : Math.round(percent)}\u202f%`;
}

/** Milliseconds as people say them. */
export function durationText(ms: number): string {
  if (ms < 1) return `${Math.round(ms * 100) / 100}\u202fms`;
  if (ms < 100) return `${Math.round(ms * 10) / 10}\u202fms`;
  if (ms < 1000) return `${Math.round(ms)}\u202fms`;
  return `${Math.round(ms / 100) / 10}\u202fs`;
}

/** One word or the other, behind its number. */
export const several = (count: number, one: string, many: string): string =>
  `${countText(count)} ${count === 1 ? one : many}`;
