import { type Readable, Transform } from "node:stream";

/**
 * Passes a body on that no control reads, and counts it: one without a length (chunked, HTTP/2) says
 * how large it is only when it has come.
 *
 * @param isRefused asked once, when the body is larger; what follows is not read where it says so
 */
export function boundStream(body: Readable, mostBytes: number, isRefused: () => boolean): Readable {
  let bytes = 0;
  const bounded = new Transform({
    transform(chunk: Buffer, _encoding, pass) {
      const before = bytes;
      bytes += chunk.length;
      if (before <= mostBytes && bytes > mostBytes && isRefused()) {
        // The caller's stream stays open: its answer has yet to be written.
        body.unpipe(bounded).pause();
        bounded.destroy();
        return;
      }
      pass(undefined, chunk);
    },
  });
  const lost = (): void => {
    if (!body.readableEnded) bounded.destroy(new Error("the caller's body broke off"));
  };
  body.once("error", lost).once("close", lost);
  return body.pipe(bounded);
}
