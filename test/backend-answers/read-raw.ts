import {
  AnswerReader,
  type Expected,
} from "../../packages/server/src/upstream/http1/answer-reader.ts";
import type { RawAnswer, Verdict } from "./raw-answer.ts";

/**
 * What the reader makes of pieces that come one after another on a connection that stays open.
 *
 * @param pieces each is copied: the reader moves what it reads
 */
export function readPieces(
  pieces: readonly Buffer[],
  expected: Expected = { isHead: false, mayUpgrade: false },
): Verdict {
  let status = 0;
  let body = "";
  let trailers: string[] | undefined;
  const reader = new AnswerReader({
    takeHead: (given) => (status = given),
    takeData: (bytes, from, to) => (body += bytes.toString("latin1", from, to)),
    takeEnd: (given) => (trailers = given),
    takeSwitch: () => (status = 101),
  });
  reader.begin(expected);
  let clean = true;
  for (const piece of pieces) {
    const at = reader.isReading ? reader.read(Buffer.from(piece), 0, piece.length) : 0;
    if (at < 0) return "malformed";
    clean &&= at === piece.length;
  }
  if (trailers === undefined) return "cut";
  const told = trailers.length > 0 ? { trailers } : {};
  return { status, body, ...told, reusable: clean && reader.reusable };
}

export const readWhole = ({ bytes, method }: RawAnswer): Verdict =>
  readPieces([bytes], { isHead: method === "HEAD", mayUpgrade: false });
