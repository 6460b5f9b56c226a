const everyMs = 60_000;

/** Says only the first of what is said within a minute. */
export function nowAndThen(say: (message: string) => void): (message: string) => void {
  let saidAt = Number.NEGATIVE_INFINITY;
  return (message) => {
    const now = performance.now();
    if (now - saidAt < everyMs) return;
    saidAt = now;
    say(message);
  };
}
