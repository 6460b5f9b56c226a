import type { Socket } from "node:net";
import type { UpstreamRequest } from "@portcullis/guard/upstream";
import type { WrittenHead } from "./request-head.ts";
import type { BodyWatch } from "../sent-body.ts";
import { SocketBody } from "./socket-body.ts";

/** A body that is copied behind its head: copying it costs less than another write. */
const mostCopied = 16_384;

/**
 * Sends a request: head and body by one write, where the body is there.
 *
 * @returns the body that is being sent; undefined where all was written
 */
export function sendRequest(
  socket: Socket,
  { body }: UpstreamRequest,
  { frame, text }: WrittenHead,
  watch: BodyWatch,
): SocketBody | undefined {
  if (body === null) socket.write(text, "latin1");
  else if (Buffer.isBuffer(body)) {
    sendWhole(socket, text, body);
    watch.onSent(body.length);
  } else {
    const length = typeof frame === "object" ? frame.length : undefined;
    const sending = new SocketBody(socket, body, length, watch);
    // What of the body is there already leaves with the head.
    socket.cork();
    socket.write(text, "latin1");
    process.nextTick(() => socket.uncork());
    sending.begin();
    return sending.isOver ? undefined : sending;
  }
  watch.onAllSent();
  return undefined;
}

function sendWhole(socket: Socket, head: string, body: Buffer): void {
  if (body.length > mostCopied) {
    socket.cork();
    socket.write(head, "latin1");
    socket.write(body);
    socket.uncork();
    return;
  }
  const whole = Buffer.allocUnsafe(head.length + body.length);
  whole.write(head, 0, "latin1");
  body.copy(whole, head.length);
  socket.write(whole);
}
