import { type Readable, Transform } from "node:stream";
import type { Boundary } from "./boundary.ts";

/**
 * Passes a body on that no control reads, and counts it: one without a length (chunked, HTTP/2) says
 * how large it is only when it has come.
 *
 * @param isRefused asked once, when the body is larger; what follows is not read where it says so
 */
export function boundStream(
  boundary: Boundary,
  mostBytes: number,
  isRefused: () => boolean,
): Readable {
  const { body } = boundary.exchange.arrival;
  let bytes = 0;
  const bounded = new Transform({
    transform(chunk: Buffer, _encoding, pass) {
      boundary.run(() => {
        const before = bytes;
        bytes += chunk.length;
        boundary.exchange.reserved?.passed(chunk.length);
        if (before <= mostBytes && bytes > mostBytes && isRefused()) {
          // The caller's stream stays open: its answer has yet to be written.
          body.unpipe(bounded).pause();
          bounded.destroy();
        } else pass(undefined, chunk);
      });
    },
  });
  const lost = (): void => {
    if (!body.readableEnded) bounded.destroy(new Error("the caller's body broke off"));
  };
  body.once("error", lost).once("close", lost);
  // A request that waits for a backend has nobody yet who listens, and a fault without a listener
  // ends the thread: callers who go away meanwhile would take everybody with them.
  bounded.on("error", ignore);
  return body.pipe(bounded);
}

const ignore = (): void => undefined;
