import type { Arrival } from "../../facts/arrival.ts";
import type { HeaderFields } from "../../facts/header-fields.ts";
import { refuse, type Refusal } from "../../facts/refusal.ts";
import { problems, transferProblems } from "./problems.ts";

interface Sending {
  readonly arrival: Arrival;
  readonly fields: Readonly<HeaderFields>;
  bodyBytes: Buffer | undefined;
}

export const tooLarge = (mostBytes: number): Refusal =>
  refuse(problems["body-too-large"], { detail: `more than ${mostBytes} bytes` });

/**
 * Reads the whole body for a control that must see it, and not a byte more than the operation
 * accepts.
 */
export function readBody(known: Sending, mostBytes: number): Promise<Refusal | undefined> {
  const { body } = known.arrival;
  const { contentLength } = known.fields;
  if (contentLength !== undefined && Number(contentLength) > mostBytes)
    return Promise.resolve(tooLarge(mostBytes));
  known.arrival.allowBody?.();
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const settle = (refusal: Refusal | undefined): void => {
      body.off("data", onData).off("end", onEnd).off("error", onLost).off("close", onLost);
      resolve(refusal);
    };
    const onData = (chunk: Buffer): void => {
      bytes += chunk.length;
      if (bytes > mostBytes) {
        // Where this is only observed, the body still has to reach the backend: what was read goes
        // back in front of the rest.
        body.pause();
        settle(tooLarge(mostBytes));
        body.unshift(Buffer.concat([...chunks, chunk]));
        return;
      }
      chunks.push(chunk);
    };
    const onEnd = (): void => {
      known.bodyBytes = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, bytes);
      settle(undefined);
    };
    const onLost = (): void =>
      settle(
        refuse(transferProblems["body-incomplete"], {
          detail: "the connection ended before the body did",
        }),
      );
    body.on("data", onData).on("end", onEnd).on("error", onLost).on("close", onLost);
  });
}
