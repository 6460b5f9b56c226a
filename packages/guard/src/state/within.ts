/** An answer did not come in time. */
export class Late extends Error {
  constructor(timeoutMs: number) {
    super(`no answer within ${timeoutMs} ms`);
    this.name = "Late";
  }
}

/** @throws Late when the work is not done in time; the work itself goes on */
export function within<T>(work: Promise<T>, timeoutMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      // An answer that came while the thread was busy lies in the socket: it is read before this.
      () => setImmediate(() => reject(new Late(timeoutMs))),
      timeoutMs,
    );
    work.then(
      (value) => {
        clearTimeout(timer);
        resolve(value);
      },
      (fault: unknown) => {
        clearTimeout(timer);
        reject(fault instanceof Error ? fault : new Error("unknown"));
      },
    );
  });
}
