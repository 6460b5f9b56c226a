import type { Duplex } from "node:stream";
import type { Carrying, Switching } from "../controls/switching.ts";
import type { UpgradeRequest } from "../facts/arrival.ts";
import type { AnswerReceiver } from "../ports/upstream.ts";
import { dress } from "./answer.ts";
import { readAnswerFields } from "./answer-fields.ts";
import { type IdentityAssertion, sayWhoCalls } from "./backend-fields.ts";
import type { Exchange } from "./exchange.ts";
import type { OpenTunnels } from "./open-tunnels.ts";
import { gateFault } from "./boundary.ts";

export interface TunnelParts {
  /** What receives the answer of a backend that does not agree. */
  readonly refused: AnswerReceiver;
  readonly assertIdentity: IdentityAssertion | undefined;
  readonly open: OpenTunnels;
  /** Called when both ends have agreed. */
  readonly opened: () => void;
  /** Called when the connection is over. */
  readonly ended: () => void;
}

/**
 * A connection that is to leave HTTP: the handshake goes to the backend like any request; when it
 * agrees, the control that knows the protocol carries it.
 */
export function tunnel(exchange: Exchange, parts: TunnelParts): void {
  const { arrival, course, forwardFields: headers, path, query } = exchange;
  const { switching, upstream } = course.operation;
  const { upgrade } = arrival;
  if (upgrade === undefined || upstream.upgrade === undefined || switching === undefined)
    throw new Error("connections to this backend cannot be handed over");
  switching.ask(headers);
  sayWhoCalls(headers, exchange, {
    assertIdentity: parts.assertIdentity,
    host: course.operation.upstreamHost,
  });
  headers.push("Connection", "Upgrade", "Upgrade", "websocket");
  exchange.forwardedAt = performance.now();
  const forwarding = upstream.upgrade(
    {
      method: "GET",
      target: query === "" ? path : `${path}?${query}`,
      headers,
      body: null,
      repeatable: false,
    },
    {
      refused: parts.refused,
      onSwitched(answered, backend, backendHead) {
        // It is told of, with the rest of its end, by whoever carries the connection.
        backend.on("error", () => backend.destroy());
        exchange.answeredAt = performance.now();
        exchange.upstreamStatus = 101;
        const agreed = switching.agree(arrival.rawHeaders, answered);
        if (typeof agreed === "string") {
          backend.destroy();
          parts.refused.onFault("upstream-malformed", agreed);
          return;
        }
        writeHead(exchange, upgrade, agreed, answered);
        carry(exchange, switching, { backend, backendHead, upgrade }, parts);
      },
    },
  );
  upgrade.socket.once("close", () => {
    exchange.closed = true;
    forwarding.abort();
  });
}

/** A 101 leads nowhere: its links stay as they are. */
const asTheyAre = { rewriteLink: (link: string): string => link };

/** The gate's own 101: what was agreed, and the end-to-end fields of the backend's. */
function writeHead(
  exchange: Exchange,
  { socket }: UpgradeRequest,
  agreed: readonly string[],
  answered: readonly string[],
): void {
  dress(exchange);
  exchange.status = 101;
  const { headers } = readAnswerFields(answered, exchange.course.operation.fieldRules, asTheyAre);
  let text = "HTTP/1.1 101 Switching Protocols\r\n";
  const write = (fields: readonly string[]): void => {
    for (let index = 0; index < fields.length; index += 2)
      text += `${fields[index]}: ${(fields[index + 1] as string).replaceAll(/[\r\n]+/g, " ")}\r\n`;
  };
  write(agreed);
  write(withoutHandshake(headers));
  write(exchange.answerFields);
  socket.write(`${text}\r\n`, "latin1");
}

function withoutHandshake(headers: readonly string[]): readonly string[] {
  const kept: string[] = [];
  for (let index = 0; index < headers.length; index += 2)
    if (!(headers[index] as string).toLowerCase().startsWith("sec-websocket-"))
      kept.push(headers[index] as string, headers[index + 1] as string);
  return kept;
}

interface Opened {
  readonly upgrade: UpgradeRequest;
  readonly backend: Duplex;
  readonly backendHead: Buffer;
}

function carry(
  exchange: Exchange,
  switching: Switching,
  { backend, backendHead, upgrade }: Opened,
  { ended, open, opened }: TunnelParts,
): void {
  exchange.webSocket = { state: "opened" };
  opened();
  exchange.recordedDecisions = exchange.decisions.made.length;
  let carrying: Carrying | undefined;
  carrying = switching.carry(exchange, {
    caller: upgrade.socket,
    callerHead: upgrade.head,
    backend,
    backendHead,
    decide: (refusal) => exchange.decide(refusal),
    fail: (fault) => exchange.decisions.fail(gateFault(fault)),
    ended(end) {
      exchange.webSocket = end;
      exchange.answerBytes = end.bytesOut;
      if (carrying !== undefined) open.delete(carrying);
      ended();
    },
  });
  if (!exchange.ended) open.add(carrying);
}
