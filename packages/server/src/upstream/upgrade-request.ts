import { type IncomingMessage, request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import type { Forwarding, UpgradeReceiver, UpstreamRequest } from "@portcullis/guard/upstream";

/** A handshake on a connection of its own: a pool's connections are for requests that end. */
export function requestUpgrade(
  target: string,
  connectTimeoutMs: number,
  request: UpstreamRequest,
  receiver: UpgradeReceiver,
): Forwarding {
  const socketPath = target.startsWith("unix:") ? target.slice("unix:".length) : undefined;
  const url = socketPath === undefined ? new URL(target) : undefined;
  const send = url?.protocol === "https:" ? httpsRequest : httpRequest;
  let done = false;
  let answering: IncomingMessage | undefined;
  const outgoing = send({
    ...(socketPath === undefined ? { hostname: url?.hostname, port: url?.port } : { socketPath }),
    method: "GET",
    path: request.target,
    headers: withHost(request.headers, url?.host ?? "localhost"),
    agent: false,
    setDefaultHeaders: false,
  });
  outgoing.setTimeout(connectTimeoutMs * 5, () =>
    outgoing.destroy(new Error("no answer to the handshake in time")),
  );
  outgoing.on("upgrade", (response, socket, head) => {
    done = true;
    socket.setTimeout(0);
    try {
      receiver.onSwitched(response.rawHeaders, socket, head);
    } catch (fault) {
      // Of this handshake alone: an event that throws would end the thread.
      socket.destroy();
      receiver.refused.onFault("upstream-malformed", `${target}: ${(fault as Error).message}`);
    }
  });
  outgoing.on("response", (response) => {
    done = true;
    answering = response;
    receiver.refused.onHead(response.statusCode ?? 502, response.rawHeaders);
    response.on("data", (chunk: Buffer) => {
      if (!receiver.refused.onData(chunk)) response.pause();
    });
    response.on("end", () => receiver.refused.onEnd([]));
    response.on("error", (fault) => receiver.refused.onFault("upstream-malformed", fault.message));
  });
  outgoing.on("error", (fault) => {
    if (done) return;
    done = true;
    receiver.refused.onFault("upstream-unreachable", `${target}: ${fault.message}`);
  });
  outgoing.end();
  return { resume: () => void answering?.resume(), abort: () => outgoing.destroy() };
}

/** A handshake must name its host (RFC 9112 section 3.2): the backend's own where none is told. */
function withHost(headers: string[], host: string): string[] {
  for (let index = 0; index < headers.length; index += 2)
    if ((headers[index] as string).toLowerCase() === "host") return headers;
  return ["Host", host, ...headers];
}
