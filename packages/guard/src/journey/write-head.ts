import type { Keeping } from "../controls/control.ts";
import { mayHaveBody } from "../facts/header-fields.ts";
import type { Answer } from "./answer.ts";
import type { Exchange } from "./exchange.ts";

/**
 * The one place that writes a head. It adds what every answer carries, so that no way of answering
 * can forget it.
 *
 * @param headers flat; taken over
 * @param ofBackend whether it is the backend's answer, of which mode and policy say who may keep it
 */
export function writeHead(
  exchange: Exchange,
  answer: Answer,
  headers: string[],
  ofBackend: boolean,
): void {
  finishHead(exchange, headers, ofBackend);
  answer.writeHead(exchange.status, headers);
}

const mostJoinedBytes = 16_384;

/**
 * Writes an answer that is there as a whole.
 *
 * @param body undefined where only its head is asked for
 */
export function writeWhole(
  exchange: Exchange,
  answer: Answer,
  headers: string[],
  body: Buffer | string | undefined,
  ofBackend = false,
): void {
  finishHead(exchange, headers, ofBackend);
  if (answer.writeWhole !== undefined) {
    answer.writeWhole(exchange.status, headers, body);
    return;
  }
  answer.writeHead(exchange.status, headers);
  // Node joins a short text with the head into one write; bytes would be a second one.
  if (body instanceof Buffer && body.length <= mostJoinedBytes)
    answer.end(body.toString("latin1"), "latin1");
  else answer.end(body);
}

function finishHead(exchange: Exchange, headers: string[], ofBackend: boolean): void {
  findFields(headers);
  if (found.varies > 1) joinVary(headers);
  const { keeping } = exchange.course.operation;
  const says = keeping === undefined || exchange.enforces(keeping.mode);
  if (!ofBackend || says) sayNoSniff(headers);
  if (ofBackend && keeping !== undefined) sayWhoMayKeep(exchange, headers, keeping, says);
  // What is left of a body that nobody will read must not be taken for the next request on this
  // connection, nor a next one be sent on a connection that is about to end.
  if (leavesBodyUnread(exchange)) headers.push("Connection", "close");
}

const leavesBodyUnread = (exchange: Exchange): boolean =>
  mayHaveBody(exchange) &&
  exchange.bodyBytes === undefined &&
  exchange.arrival.httpVersion !== "2.0" &&
  !exchange.arrival.body.readableEnded;

/** Written anew for each head, and read before the next. */
const found = { varies: 0, hasCacheControl: false, hasValidator: false, hasOptions: false };

/** By length first: most names are looked at no further. */
function findFields(headers: readonly string[]): void {
  found.varies = 0;
  found.hasCacheControl = false;
  found.hasValidator = false;
  found.hasOptions = false;
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] as string;
    const { length } = name;
    if (length === 4 || length === 13 || length === 22) noteField(name.toLowerCase());
  }
}

function noteField(name: string): void {
  switch (name) {
    case "vary":
      found.varies += 1;
      break;
    case "etag":
    case "last-modified":
      found.hasValidator = true;
      break;
    case "cache-control":
      found.hasCacheControl = true;
      break;
    case options:
      found.hasOptions = true;
      break;
    default:
  }
}

const options = "x-content-type-options";

/** A type that a browser guesses is one that nobody judged. */
function sayNoSniff(headers: string[]): void {
  if (found.hasOptions) takeFields(headers, options);
  headers.push("X-Content-Type-Options", "nosniff");
}

/**
 * What a signed-in caller is shown must not be kept for somebody else, nor on the device once they
 * have signed out, unless backend or policy say that it may.
 */
function sayWhoMayKeep(
  exchange: Exchange,
  headers: string[],
  { cacheControl }: Keeping,
  says: boolean,
): void {
  const { caller, status } = exchange;
  if (cacheControl === "backend") return;
  const isSuccess = (status >= 200 && status < 300) || status === 304;
  if (cacheControl !== undefined && isSuccess) {
    if (found.hasCacheControl) takeFields(headers, "cache-control");
    headers.push("Cache-Control", cacheControl);
  } else if (says && !found.hasCacheControl && caller !== undefined)
    headers.push("Cache-Control", found.hasValidator ? "private, no-cache" : "private, no-store");
}

/** Several parts say by which fields an answer was chosen: one field says them all. */
function joinVary(headers: string[]): void {
  const names = new Map<string, string>();
  for (const value of takeFields(headers, "vary"))
    for (const part of value.split(",")) {
      const name = part.trim();
      if (name !== "" && !names.has(name.toLowerCase())) names.set(name.toLowerCase(), name);
    }
  headers.push("Vary", names.has("*") ? "*" : [...names.values()].join(", "));
}

/** Takes a field out, in every spelling; its values in their order. */
export function takeFields(headers: string[], name: string): string[] {
  const values: string[] = [];
  for (let index = headers.length - 2; index >= 0; index -= 2)
    if (isNamed(headers[index] as string, name))
      values.unshift(...headers.splice(index, 2).slice(1));
  return values;
}

/** By length first: most names are looked at no further. */
const isNamed = (sent: string, name: string): boolean =>
  sent.length === name.length && sent.toLowerCase() === name;
