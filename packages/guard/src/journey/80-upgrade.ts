import { refuse, type Refusal } from "../refusal.ts";
import type { AnswerReceiver } from "../upstream.ts";
import { childTraceparent } from "./10-arrive.ts";
import type { IdentityAssertion } from "./80-forward.ts";
import type { JourneyExchange, OperationJourney } from "./step.ts";

const keyForm = /^[A-Za-z0-9+/]{22}==$/;

/** Whether this handshake may go on: a WebSocket (RFC 6455), on an operation whose document names the answer 101. */
export function checkUpgrade(exchange: JourneyExchange, rules: OperationJourney): Refusal | undefined {
  const { method, rawHeaders } = exchange.arrival;
  let protocol = "";
  let key = "";
  let version = "";
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] as string).toLowerCase();
    const value = rawHeaders[index + 1] as string;
    if (name === "upgrade") protocol += value.toLowerCase();
    else if (name === "sec-websocket-key") key += value;
    else if (name === "sec-websocket-version") version += value;
  }
  if (method !== "GET" || protocol !== "websocket" || !keyForm.test(key) || version !== "13") return refuse("upgrade-refused", { detail: "not a WebSocket handshake of version 13" });
  if (rules.upstream.upgrade === undefined || rules.operation?.responses.some((response) => response.status === "101") !== true) return refuse("upgrade-refused", { detail: "the document names no answer 101 for this operation" });
  // Its answer has no body that could name an owner.
  if (exchange.ownerPending !== 0) return refuse("object-not-yours", { detail: "a WebSocket's answer does not name an owner" });
  return undefined;
}

/** Step 80 for a WebSocket: the handshake goes to the backend like any request; when it agrees, bytes pass both ways unread. */
export function tunnel(exchange: JourneyExchange, rules: OperationJourney, refused: AnswerReceiver, assertIdentity: IdentityAssertion | undefined, ended: () => void): void {
  const { arrival, known, forwardHeaders: headers } = exchange;
  const { upgrade } = arrival;
  if (upgrade === undefined || rules.upstream.upgrade === undefined) throw new Error("no upgrade to tunnel");
  const { head, socket } = upgrade;
  if (known.host !== undefined) headers.push("Host", known.host);
  headers.push("X-Forwarded-For", exchange.address, "X-Forwarded-Proto", arrival.encrypted ? "https" : "http", "traceparent", childTraceparent(exchange.traceId), "Connection", "Upgrade", "Upgrade", "websocket");
  const identity = assertIdentity?.(exchange);
  if (identity !== undefined) headers.push("Portcullis-Identity", identity);
  exchange.forwardedAt = performance.now();
  const forwarding = rules.upstream.upgrade({ method: "GET", target: exchange.query === "" ? exchange.path : `${exchange.path}?${exchange.query}`, headers, body: null, repeatable: false }, {
    refused,
    onSwitched(answerHeaders, backend, backendHead) {
      exchange.answeredAt = performance.now();
      exchange.upstreamStatus = 101;
      exchange.status = 101;
      let text = "HTTP/1.1 101 Switching Protocols\r\n";
      for (let index = 0; index < answerHeaders.length; index += 2) text += `${answerHeaders[index]}: ${answerHeaders[index + 1]}\r\n`;
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
  });
  socket.once("close", () => {
    exchange.closed = true;
    forwarding.abort();
  });
}
