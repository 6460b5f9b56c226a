const secondLetters = "2026-11-20T10:00:00.".length;
const wholeLetters = "2026-11-20T10:00:00.000Z".length;

/** The last second, and its letters: records come thick, in the order of their time. */
const last = { atMs: Number.NaN, letters: "" };
const lastRead = { atMs: Number.NaN, letters: "" };

/** The same as `new Date(atMs).toISOString()`. */
export function isoTime(atMs: number): string {
  const ms = atMs - last.atMs;
  if (ms >= 0 && ms < 1000 && Number.isInteger(ms)) return `${last.letters}${thousandths[ms]}Z`;
  const time = new Date(atMs).toISOString();
  // A year of more than four letters is nobody's in earnest.
  if (time.length === wholeLetters) {
    last.atMs = Math.floor(atMs / 1000) * 1000;
    last.letters = time.slice(0, secondLetters);
  }
  return time;
}

/** The same as `Date.parse(time)`, of what `isoTime` gives. */
export function timeOfIso(time: string): number {
  const { atMs, letters } = lastRead;
  if (letters !== "" && time.startsWith(letters) && isWhole(time)) {
    const ms = Number(time.slice(secondLetters, -1));
    if (ms >= 0) return atMs + ms;
  }
  const read = Date.parse(time);
  if (isWhole(time) && !Number.isNaN(read)) {
    lastRead.atMs = Math.floor(read / 1000) * 1000;
    lastRead.letters = time.slice(0, secondLetters);
  }
  return read;
}

const thousandths: readonly string[] = Array.from({ length: 1000 }, (_, index) =>
  String(index).padStart(3, "0"),
);

const decimals: readonly string[] = thousandths.map((digits) =>
  Number(digits) === 0 ? "" : `.${digits.replace(/0+$/, "")}`,
);
const mostMicroseconds = 2 ** 30;

/** The same as `String(milliseconds)`; quicker for durations, which are whole microseconds. */
export function millisecondsText(milliseconds: number): string {
  const microseconds = Math.round(milliseconds * 1000);
  if (
    !(microseconds >= 0 && microseconds < mostMicroseconds) ||
    microseconds / 1000 !== milliseconds
  )
    return String(milliseconds);
  const rest = microseconds % 1000;
  return `${(microseconds - rest) / 1000}${decimals[rest]}`;
}

const isWhole = (time: string): boolean => time.length === wholeLetters && time.endsWith("Z");
