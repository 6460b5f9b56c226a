import type { ConnectionOptions } from "node:tls";
import type { Forwarding, UpgradeReceiver, UpstreamRequest } from "@portcullis/guard/upstream";
import { Connection } from "./http1/connection.ts";
import { Exchange } from "./http1/exchange.ts";
import { Opener, placeOf } from "./http1/open-socket.ts";
import { writeRequestHead } from "./http1/request-head.ts";
import type { AttemptReceiver, Failure } from "./transport.ts";

/** How much longer than a connection an answer to a handshake may take. */
const patience = 5;

export interface UpgradeOptions {
  readonly connectTimeoutMs: number;
  /** For `tls.connect`; undefined for targets without encryption. */
  readonly tls: ConnectionOptions | undefined;
}

/** A handshake on a connection of its own: a pool's connections are for requests that end. */
export function requestUpgrade(
  target: string,
  { connectTimeoutMs, tls }: UpgradeOptions,
  request: UpstreamRequest,
  receiver: UpgradeReceiver,
): Forwarding {
  const place = placeOf(target);
  const answerMs = connectTimeoutMs * patience;
  const refused = new RefusedUpgrade(target, receiver);
  const head = writeRequestHead(request, place.host, true);
  const exchange = new Exchange(request, head, answerMs, refused, (fields, socket, rest) => {
    try {
      receiver.onSwitched(fields, socket, rest);
    } catch (fault) {
      // Of this handshake alone: an event that throws would end the thread.
      socket.destroy();
      receiver.refused.onFault("upstream-malformed", `${target}: ${(fault as Error).message}`);
    }
  });
  refused.pause = () => exchange.pause();
  if (head.fault === undefined) {
    const times = { connectTimeoutMs, bodyTimeoutMs: answerMs };
    // One answer, and it is over: a handshake's connection is not used again.
    const owner = {
      freed: (one: Connection) => one.abandon(),
      givenBack: (one: Exchange) =>
        one.fail({ kind: "unsent", detail: "the connection was closed" }),
      gone: () => undefined,
    };
    new Connection(new Opener(place, tls), times, owner, true).carry(exchange);
  } else {
    const { fault } = head;
    queueMicrotask(() => exchange.fail({ kind: "malformed", detail: fault }));
  }
  return exchange;
}

/** Receives the answer of a backend that does not agree. */
class RefusedUpgrade implements AttemptReceiver {
  pause: () => void = () => undefined;
  readonly #target: string;
  readonly #receiver: UpgradeReceiver;

  constructor(target: string, receiver: UpgradeReceiver) {
    this.#target = target;
    this.#receiver = receiver;
  }

  onSent(): void {}

  onAllSent(): void {}

  onHead(status: number, fields: string[]): void {
    this.#receiver.refused.onHead(status, fields);
  }

  onData(chunk: Buffer): void {
    if (!this.#receiver.refused.onData(chunk)) this.pause();
  }

  onEnd(trailers: string[]): void {
    this.#receiver.refused.onEnd(trailers);
  }

  onFailure({ detail, kind }: Failure): void {
    const code = kind === "malformed" ? "upstream-malformed" : "upstream-unreachable";
    this.#receiver.refused.onFault(
      kind === "timeout" ? "upstream-timeout" : code,
      `${this.#target}: ${detail}`,
    );
  }
}
