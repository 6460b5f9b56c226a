import type { Boundary } from "./boundary.ts";
import { chooseCoding, type ContentCoding, encode, isEncodable } from "./encode-answer.ts";
import { entityTagOf, matchesAny } from "./entity-tag.ts";
import type { Exchange } from "./exchange.ts";
import { takeFields, writeWhole } from "./write-head.ts";

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
export function sendHeld(boundary: Boundary, held: HeldAnswer): void {
  const { answer, exchange } = boundary;
  const { body, headers } = held;
  const encodable = isEncodable(body.length, headers);
  const coding = encodable ? chooseCoding(exchange.fields.acceptEncoding) : undefined;
  if (encodable) headers.push("Vary", "Accept-Encoding");
  const tag = tagFor(exchange, held, coding);
  if (tag !== undefined) headers.push("ETag", tag);
  if (tag !== undefined && callerHas(exchange, tag)) {
    takeFields(headers, "content-type");
    exchange.status = 304;
    exchange.answerBytes = 0;
    writeWhole(exchange, answer, headers, undefined, true);
    boundary.end();
    return;
  }
  if (coding === undefined) {
    write(boundary, headers, body);
    return;
  }
  headers.push("Content-Encoding", coding);
  boundary.settle(encode(body, coding), (encoded) => {
    if (exchange.closed) boundary.end();
    else write(boundary, headers, encoded);
  });
}

/** The validator that leaves; the backend's own only where its very bytes do. */
function tagFor(
  { arrival, status }: Exchange,
  { body, changed, entityTags, headers }: HeldAnswer,
  coding: ContentCoding | undefined,
): string | undefined {
  if (status !== 200 || (arrival.method !== "GET" && arrival.method !== "HEAD")) return undefined;
  const [own] = takeFields(headers, "etag");
  if (own !== undefined && !changed && coding === undefined) return own;
  return entityTags || own !== undefined ? entityTagOf(body, coding) : undefined;
}

const callerHas = ({ fields: { ifNoneMatch } }: Exchange, tag: string): boolean =>
  ifNoneMatch !== undefined && matchesAny(ifNoneMatch, tag);

function write(boundary: Boundary, headers: string[], body: Buffer): void {
  const { answer, exchange } = boundary;
  const isHead = exchange.arrival.method === "HEAD";
  headers.push("Content-Length", String(body.length));
  exchange.answerBytes = isHead ? 0 : body.length;
  writeWhole(exchange, answer, headers, isHead ? undefined : body, true);
  boundary.end();
}
