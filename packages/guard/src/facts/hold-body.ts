import type { Arrival } from "./arrival.ts";
import type { Caller } from "./caller.ts";
import type { HeaderFields } from "./header-fields.ts";
import type { ByteBudget } from "./byte-budget.ts";
import { type HeldBytes, roomOf } from "./held-bytes.ts";

interface Sending {
  readonly arrival: Arrival;
  readonly fields: Readonly<HeaderFields>;
  readonly caller: Caller | undefined;
  readonly byteBudget: ByteBudget;
  bodyBytes: Buffer | undefined;
  heldBytes: HeldBytes | undefined;
}

/** What became of it. What was too large can still be read by others, from its first byte. */
export type Held = "held" | "too large" | "no room" | "incomplete";

/** Reads the whole body for whoever must see it, and not a byte more than the bound. */
export function holdBody(known: Sending, mostBytes: number): Promise<Held> {
  const { body } = known.arrival;
  const { contentLength } = known.fields;
  if (known.bodyBytes !== undefined)
    return Promise.resolve(known.bodyBytes.length > mostBytes ? "too large" : "held");
  if (contentLength !== undefined && Number(contentLength) > mostBytes)
    return Promise.resolve("too large");
  known.arrival.allowBody?.();
  const room = roomOf(known);
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const settle = (held: Held): void => {
      body.off("data", onData).off("end", onEnd).off("error", onLost).off("close", onLost);
      if (held !== "held") {
        room.release();
        known.heldBytes = undefined;
      }
      resolve(held);
    };
    const onData = (chunk: Buffer): void => {
      bytes += chunk.length;
      if (bytes > mostBytes || !room.take(chunk.length)) {
        // Where this is only observed, the body still has to reach the backend: what was read goes
        // back in front of the rest.
        body.pause();
        settle(bytes > mostBytes ? "too large" : "no room");
        body.unshift(Buffer.concat([...chunks, chunk]));
        return;
      }
      chunks.push(chunk);
    };
    const onEnd = (): void => {
      known.bodyBytes = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, bytes);
      settle("held");
    };
    const onLost = (): void => settle("incomplete");
    body.on("data", onData).on("end", onEnd).on("error", onLost).on("close", onLost);
  });
}
