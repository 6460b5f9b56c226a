import type { Answer } from "@portcullis/guard";

/** What a caller was answered. */
export interface Taken {
  readonly status: number;
  readonly body: string;
}

/** An answer that is taken in this process, without a socket. */
export function takeAnswer(mostMs: number): {
  readonly answer: Answer;
  readonly taken: Promise<Taken>;
} {
  const { promise, reject, resolve } = Promise.withResolvers<Taken>();
  const late = setTimeout(() => reject(new Error("there was no answer")), mostMs);
  let status = 0;
  let written = "";
  const end = (): void => {
    clearTimeout(late);
    // The record is left behind the end of the answer.
    setImmediate(() => resolve({ status, body: written }));
  };
  const answer: Answer = {
    headersSent: false,
    writableEnded: true,
    writeHead: (given: number) => {
      status = given;
    },
    write: (chunk) => {
      written += chunk.toString();
      return true;
    },
    end: (chunk?: Buffer | string) => {
      written += chunk === undefined ? "" : chunk.toString();
      end();
    },
    once: () => undefined,
    destroy: end,
  };
  return { answer, taken: promise };
}
