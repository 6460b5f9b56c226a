/** An answer did not come in time. */
export class Late extends Error {
  constructor(timeoutMs: number) {
    super(`no answer within ${timeoutMs} ms`);
    this.name = "Late";
  }
}

/** How often a thread that was busy itself waits once more. */
const mostWaits = 3;

/** @throws Late when the work is not done in time; the work itself goes on */
export function within<T>(work: Promise<T>, timeoutMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    let waits = 0;
    let timer: NodeJS.Timeout;
    const wait = (): void => {
      waits += 1;
      const since = performance.now();
      timer = setTimeout(() => {
        // A thread that was busy for so long has perhaps not even asked: nobody else is late.
        if (waits < mostWaits && performance.now() - since > 1.5 * timeoutMs) wait();
        // An answer that came while the thread was busy lies in the socket: it is read before this.
        else setImmediate(() => reject(new Late(timeoutMs)));
      }, timeoutMs);
    };
    wait();
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
