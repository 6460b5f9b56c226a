import type { Answer } from "./answer.ts";
import { chooseCoding, encode } from "./encode-answer.ts";
import { entityTagOf, matchesAny } from "./entity-tag.ts";
import type { Exchange } from "./exchange.ts";

export interface HeldAnswer {
  readonly body: Buffer;
  /** The backend's fields, without Content-Length. Flat; taken over. */
  readonly headers: string[];
  /** Whether the bytes are others than the backend's: then its validator is not theirs. */
  readonly changed: boolean;
  /** Whether the operation asks for a validator of the gate's own making. */
  readonly entityTags: boolean;
}

/**
 * Sends an answer that was read whole: with a validator where one is asked for, as 304 where the
 * caller has it, encoded where that helps.
 */
export function sendHeld(
  exchange: Exchange,
  answer: Answer,
  { body, changed, entityTags, headers }: HeldAnswer,
  finished: () => void,
): void {
  const { arrival, fields } = exchange;
  const coding = chooseCoding(fields.acceptEncoding, body.length, headers);
  if (exchange.status === 200 && (arrival.method === "GET" || arrival.method === "HEAD")) {
    const own = takeField(headers, "etag");
    const unchanged = own !== undefined && !changed && coding === undefined ? own : undefined;
    const tag =
      unchanged ?? (entityTags || own !== undefined ? entityTagOf(body, coding) : undefined);
    if (tag !== undefined) headers.push("ETag", tag);
    if (
      tag !== undefined &&
      fields.ifNoneMatch !== undefined &&
      matchesAny(fields.ifNoneMatch, tag)
    ) {
      takeField(headers, "content-type");
      exchange.status = 304;
      exchange.answerBytes = 0;
      answer.writeHead(304, headers);
      answer.end();
      finished();
      return;
    }
  }
  if (coding === undefined) {
    write(exchange, answer, headers, body);
    finished();
    return;
  }
  headers.push("Content-Encoding", coding, "Vary", "Accept-Encoding");
  encode(body, coding).then(
    (encoded) => {
      if (!exchange.closed) write(exchange, answer, headers, encoded);
      finished();
    },
    () => {
      answer.destroy();
      finished();
    },
  );
}

const mostJoinedBytes = 16_384;

function write(exchange: Exchange, answer: Answer, headers: string[], body: Buffer): void {
  headers.push("Content-Length", String(body.length));
  exchange.answerBytes = exchange.arrival.method === "HEAD" ? 0 : body.length;
  answer.writeHead(exchange.status, headers);
  if (exchange.arrival.method === "HEAD") answer.end();
  // Node joins a short text with the head into one write; bytes would be a second one.
  else if (body.length <= mostJoinedBytes) answer.end(body.toString("latin1"), "latin1");
  else answer.end(body);
}

function takeField(headers: string[], name: string): string | undefined {
  let value: string | undefined;
  for (let index = headers.length - 2; index >= 0; index -= 2) {
    if ((headers[index] as string).toLowerCase() === name) value = headers.splice(index, 2)[1];
  }
  return value;
}
