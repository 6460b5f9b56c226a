/** Work that can stand still between its pieces, so that a thread can do others' in between. */
export type Pieces<T> = Generator<void, T, void>;

/** Does it without a pause: where nobody is served yet, or everybody waits for it. */
export function atOnce<T>(work: Pieces<T>): T {
  for (;;) {
    const { done, value } = work.next();
    if (done === true) return value;
  }
}

/** Requests wait for one slice at most; a slice is no shorter, because each costs a turn. */
const usualSliceMs = 5;

/**
 * Does it between whatever else the thread has to do: after each slice the event loop takes a turn,
 * in which requests are answered.
 */
export async function inSlices<T>(work: Pieces<T>, sliceMs: number = usualSliceMs): Promise<T> {
  let beganAt = performance.now();
  for (;;) {
    const { done, value } = work.next();
    if (done === true) return value;
    if (performance.now() - beganAt < sliceMs) continue;
    await new Promise((resolve) => setImmediate(resolve));
    beganAt = performance.now();
  }
}
