import type { AnswerReceiver } from "../ports/upstream.ts";
import { type IdentityAssertion, sayWhoCalls } from "./backend-fields.ts";
import type { Exchange } from "./exchange.ts";

/**
 * A WebSocket: the handshake goes to the backend like any request; when it agrees, bytes pass both
 * ways unread.
 *
 * @param refused what receives the answer of a backend that does not agree
 * @param ended called when the connection is over
 */
export function tunnel(
  exchange: Exchange,
  refused: AnswerReceiver,
  assertIdentity: IdentityAssertion | undefined,
  ended: () => void,
): void {
  const { arrival, course, forwardFields: headers, path, query } = exchange;
  const { upstream } = course.operation;
  if (arrival.upgrade === undefined || upstream.upgrade === undefined)
    throw new Error("connections to this backend cannot be handed over");
  const { head, socket } = arrival.upgrade;
  sayWhoCalls(headers, exchange, { assertIdentity, host: course.operation.upstreamHost });
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
      refused,
      onSwitched(answerFields, backend, backendHead) {
        exchange.answeredAt = performance.now();
        exchange.upstreamStatus = 101;
        exchange.status = 101;
        let text = "HTTP/1.1 101 Switching Protocols\r\n";
        for (let index = 0; index < answerFields.length; index += 2)
          text += `${answerFields[index]}: ${answerFields[index + 1]}\r\n`;
        socket.write(`${text}\r\n`, "latin1");
        if (backendHead.length > 0) socket.write(backendHead);
        if (head.length > 0) backend.write(head);
        const end = (): void => {
          socket.destroy();
          backend.destroy();
          ended();
        };
        backend.on("data", (chunk: Buffer) => (exchange.answerBytes += chunk.length));
        for (const one of [socket, backend]) one.on("error", end).on("close", end);
        backend.pipe(socket);
        socket.pipe(backend);
      },
    },
  );
  socket.once("close", () => {
    exchange.closed = true;
    forwarding.abort();
  });
}
