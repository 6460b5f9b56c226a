import type { IncomingMessage, ServerResponse } from "node:http";
import type { Http2ServerRequest, Http2ServerResponse } from "node:http2";
import type { TLSSocket } from "node:tls";
import { Exchange, type Arrival } from "../exchange.ts";
import type { Answer } from "../journey/answer.ts";
import type { Journey } from "../journey/journey.ts";
import type { JourneyExchange } from "../journey/step.ts";

/** The journey behind node:http and node:http2, whose requests and responses have one shape here. */
export function nodeHttpDoor(journey: () => Journey): (request: IncomingMessage | Http2ServerRequest, response: ServerResponse | Http2ServerResponse) => void {
  return (request, response) => {
    const exchange: JourneyExchange = new Exchange(arrivalOf(request), Date.now(), performance.now());
    journey()(exchange, response as Answer);
  };
}

export function arrivalOf(request: IncomingMessage | Http2ServerRequest): Arrival {
  const { socket } = request;
  return {
    method: request.method ?? "",
    target: request.url ?? "",
    rawHeaders: request.httpVersionMajor === 2 ? withAuthority(request as Http2ServerRequest) : request.rawHeaders,
    httpVersion: request.httpVersion,
    peerAddress: socket.remoteAddress ?? "",
    encrypted: (socket as TLSSocket).encrypted === true,
    body: request,
  };
}

/** HTTP/2 says the host in `:authority` (RFC 9113 section 8.3.1); where both stand they must be one, so only it is read. */
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
