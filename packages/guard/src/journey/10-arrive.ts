import { randomFillSync } from "node:crypto";
import type { Exchange } from "../exchange.ts";
import { canonicalPath } from "../operations/canonical-path.ts";
import { refuse, type Refusal } from "../refusal.ts";
import { headerActions, isLookAlike } from "./header-actions.ts";
import type { ClientAddress } from "./client-address.ts";

const methods: ReadonlySet<string> = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "QUERY"]);
const traceparentForm = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

const randomPool = Buffer.allocUnsafe(4096);
let randomUsed = randomPool.length;

function randomHex(bytes: number): string {
  if (randomUsed + bytes > randomPool.length) {
    randomFillSync(randomPool);
    randomUsed = 0;
  }
  const text = randomPool.toString("hex", randomUsed, randomUsed + bytes);
  randomUsed += bytes;
  return text;
}

export interface ArriveBounds {
  readonly headerFields: number;
  readonly targetBytes: number;
}

/**
 * Step 10. One reading of the request, or none: the canonical path, the fields each once, whose address it is, and
 * which trace it belongs to. Everything after works on what stands here, and so does the backend.
 */
export function compileArrive(clientAddress: ClientAddress, bounds: ArriveBounds): (exchange: Exchange) => Refusal | undefined {
  return (exchange) => {
    const { arrival } = exchange;
    exchange.address = arrival.peerAddress;
    const refused = readFields(exchange, bounds.headerFields);
    exchange.traceId = traceOf(exchange.known.traceparent);
    if (refused !== undefined) return refused;
    if (!methods.has(arrival.method)) return refuse("method-unsupported", { detail: `method ${JSON.stringify(arrival.method.slice(0, 20))}` });
    const { target } = arrival;
    if (target.charCodeAt(0) !== 0x2f) return refuse("target-unsupported", { detail: "the target is not in origin form" });
    if (target.length > bounds.targetBytes) return refuse("path-malformed", { detail: `the target is longer than ${bounds.targetBytes} bytes` });
    const canonical = canonicalPath(target);
    if ("fault" in canonical) return refuse("path-malformed", { detail: canonical.fault });
    exchange.path = canonical.path;
    exchange.query = canonical.query;
    exchange.address = clientAddress(arrival.peerAddress, exchange.known.forwardedFor, exchange.known.forwarded);
    return undefined;
  };
}

/** Continues the caller's trace when it is well-formed (W3C Trace Context), or begins one. */
function traceOf(traceparent: string | undefined): string {
  const match = traceparent === undefined ? null : traceparentForm.exec(traceparent);
  return match?.[1] ?? randomHex(16);
}

/** A new span of the same trace, for the backend. */
export function childTraceparent(traceId: string): string {
  return `00-${traceId}-${randomHex(8)}-01`;
}

function readFields(exchange: Exchange, most: number): Refusal | undefined {
  const { rawHeaders } = exchange.arrival;
  if (rawHeaders.length > most * 2) return refuse("headers-too-large", { detail: `${rawHeaders.length / 2} fields` });
  const { known } = exchange;
  const forward = exchange.forwardHeaders;
  let seenSingles: string[] | undefined;
  let connectionNames: string | undefined;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const sentName = rawHeaders[index] as string;
    const value = rawHeaders[index + 1] as string;
    if (sentName.charCodeAt(0) === 0x3a) continue; // HTTP/2 pseudo fields: the door has read them
    const name = sentName.toLowerCase();
    const action = headerActions.get(name);
    if (action === undefined) {
      if (isLookAlike(name)) return refuse("header-malformed", { detail: `the field ${JSON.stringify(sentName)} reads like one that only the gate may send` });
      forward.push(sentName, value);
      continue;
    }
    if (action.known !== undefined) {
      if (known[action.known] !== undefined) {
        if (action.known === "cookie") known.cookie = `${known.cookie}; ${value}`;
        else if (action.known === "acceptEncoding" || action.known === "ifNoneMatch" || action.known === "forwardedFor" || action.known === "forwarded") known[action.known] = `${known[action.known]}, ${value}`;
        else return refuse("header-malformed", { detail: `the field ${sentName} was sent twice` });
      } else known[action.known] = value;
    } else if (action.single === true) {
      seenSingles ??= [];
      if (seenSingles.includes(name)) return refuse("header-malformed", { detail: `the field ${sentName} was sent twice` });
      seenSingles.push(name);
    }
    if (name === "connection") connectionNames = connectionNames === undefined ? value : `${connectionNames},${value}`;
    if (action.forward === "keep") forward.push(sentName, value);
  }
  if (known.contentLength !== undefined && known.transferEncoding !== undefined) return refuse("framing-ambiguous", { detail: "Content-Length and Transfer-Encoding together" });
  return connectionNames === undefined ? undefined : dropNamed(exchange, connectionNames);
}

/** `Connection: x` makes x a field of this hop. Naming one that a control relies on would delete it on the way: an attack. */
function dropNamed(exchange: Exchange, connectionNames: string): Refusal | undefined {
  for (const part of connectionNames.split(",")) {
    const name = part.trim().toLowerCase();
    if (name === "" || name === "close" || name === "keep-alive" || name === "upgrade" || name === "te" || name === "http2-settings") continue;
    const action = headerActions.get(name);
    if (action !== undefined && action.forward === "keep") return refuse("header-malformed", { detail: `Connection names ${name}, which is not a field of one connection` });
    const { forwardHeaders } = exchange;
    for (let index = forwardHeaders.length - 2; index >= 0; index -= 2) {
      if ((forwardHeaders[index] as string).toLowerCase() === name) forwardHeaders.splice(index, 2);
    }
  }
  return undefined;
}
