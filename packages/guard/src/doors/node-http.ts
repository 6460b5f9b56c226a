import { type IncomingMessage, ServerResponse } from "node:http";
import type { Http2ServerRequest, Http2ServerResponse } from "node:http2";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { TLSSocket } from "node:tls";
import type { Arrival } from "../facts/arrival.ts";
import type { Gate } from "../gate.ts";
import { canonicalAddress } from "../reading/address.ts";
import { type Answer, breakOff } from "../journey/answer.ts";
import { certificateOf } from "./client-certificate.ts";
import { WholeResponse } from "./whole-response.ts";

export {
  type ClientAddresses,
  compileClientAddresses,
} from "../controls/protocol/client-address.ts";
export { canonicalAddress };
export { nodeHttp2Door, StreamArrival } from "./node-http2.ts";
export { FewFieldsRequest } from "./few-fields-request.ts";
export { WholeResponse } from "./whole-response.ts";
export { StreamAnswer } from "./stream-answer.ts";
export type { StreamBody } from "./stream-body.ts";

type Handles = Pick<Gate, "handle">;

/** A gate behind node:http and node:http2, whose requests and responses have one shape here. */
export function nodeHttpDoor(
  gate: Handles,
): (
  request: IncomingMessage | Http2ServerRequest,
  response: ServerResponse | Http2ServerResponse,
) => void {
  return (request, response) => enter(gate, response, () => arrivalOf(request));
}

/**
 * What a connection throws while its request is read is the fault of this exchange: it is broken
 * off, and the thread goes on.
 */
function enter(
  gate: Handles,
  response: ServerResponse | Http2ServerResponse,
  arrive: () => Arrival,
): void {
  try {
    // Without a listener, a fault of writing would end the thread; a whole response needs none.
    if (!(response instanceof WholeResponse)) response.on("error", ignore);
    gate.handle(arrive(), response as Answer);
  } catch {
    breakOff(response as Answer);
  }
}

const ignore = (): void => undefined;

/**
 * Requests that wait for leave before they send their body: it is given when a control reads it, or
 * the backend does.
 */
export function nodeContinueDoor(
  gate: Handles,
): (
  request: IncomingMessage | Http2ServerRequest,
  response: ServerResponse | Http2ServerResponse,
) => void {
  return (request, response) => {
    let allowed = false;
    const allowBody = (): void => {
      if (!allowed) response.writeContinue();
      allowed = true;
    };
    enter(gate, response, () => ({ ...arrivalOf(request), allowBody }));
  };
}

/**
 * Handshakes for another protocol. A refusal is answered on the same connection, which then ends.
 */
export function nodeUpgradeDoor(
  gate: Handles,
): (request: IncomingMessage, socket: Duplex, head: Buffer) => void {
  return (request, socket, head) => {
    socket.on("error", () => socket.destroy());
    // A socket that is gone takes no answer, and has nobody to give one to.
    if (socket.destroyed) return;
    const response = new ServerResponse(request);
    response.shouldKeepAlive = false;
    response.assignSocket(socket as Socket);
    response.once("finish", () => socket.end());
    enter(gate, response, () => ({ ...arrivalOf(request), upgrade: { socket, head } }));
  };
}

export function arrivalOf(request: IncomingMessage | Http2ServerRequest): Arrival {
  const { socket } = request;
  return {
    method: request.method ?? "",
    target: request.url ?? "",
    rawHeaders:
      request.httpVersionMajor === 2
        ? withAuthority(request as Http2ServerRequest)
        : request.rawHeaders,
    httpVersion: request.httpVersion,
    peerAddress: socket.remoteAddress ?? "",
    encrypted: (socket as TLSSocket).encrypted === true,
    clientCertificate: () => certificateOf(socket, socket as TLSSocket),
    body: request,
    endsWithHead:
      request.httpVersionMajor === 2 && (request as Http2ServerRequest).stream.endAfterHeaders,
  };
}

/**
 * HTTP/2 says the host in `:authority` (RFC 9113 section 8.3.1); where both stand they must be one,
 * so only it is read.
 */
function withAuthority(request: Http2ServerRequest): readonly string[] {
  const { authority, rawHeaders } = request;
  if (authority === "" || authority === undefined) return rawHeaders;
  const fields: string[] = ["Host", authority];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string;
    if (name === "host" && rawHeaders[index + 1] === authority) continue;
    fields.push(name, rawHeaders[index + 1] as string);
  }
  return fields;
}
