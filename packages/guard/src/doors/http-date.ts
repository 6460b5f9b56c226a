let text = "";
let untilMs = 0;

/** The time of day for a Date field (RFC 9110 section 5.6.7), made anew once a second. */
export function httpDate(): string {
  const now = performance.now();
  if (now >= untilMs) {
    const date = new Date();
    text = date.toUTCString();
    untilMs = now + 1000 - date.getMilliseconds();
  }
  return text;
}
