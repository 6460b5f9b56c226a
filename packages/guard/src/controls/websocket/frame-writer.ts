import { randomFillSync } from "node:crypto";
import type { Duplex } from "node:stream";

/** Payload up to this is joined with its head into one write. */
const mostJoinedBytes = 4096;

/** Keys are drawn from the system in advance, a thousand at a time. */
const keys = Buffer.alloc(4096);
let keyAt = keys.length;

/** A key that nobody can foresee (RFC 6455 section 5.3): one that pages could, poisons caches. */
function nextKey(): Buffer {
  if (keyAt === keys.length) {
    randomFillSync(keys);
    keyAt = 0;
  }
  keyAt += 4;
  return keys.subarray(keyAt - 4, keyAt);
}

/** Writes frames of the gate's own: what was read is written anew, never passed on. */
export class FrameWriter {
  readonly #socket: Duplex;
  readonly #masks: boolean;

  /** @param masks whether the other end is a server */
  constructor(socket: Duplex, masks: boolean) {
    this.#socket = socket;
    this.#masks = masks;
  }

  /** @param payload is masked in place */
  write(opcode: number, payload: Buffer, final = true): void {
    const socket = this.#socket;
    if (!socket.writable) return;
    const { length } = payload;
    const lengthBytes = length < 126 ? 0 : length < 65_536 ? 2 : 8;
    const headBytes = 2 + lengthBytes + (this.#masks ? 4 : 0);
    const joined = length <= mostJoinedBytes;
    const frame = Buffer.allocUnsafe(joined ? headBytes + length : headBytes);
    frame[0] = (final ? 0x80 : 0) | opcode;
    frame[1] =
      (this.#masks ? 0x80 : 0) | (lengthBytes === 0 ? length : lengthBytes === 2 ? 126 : 127);
    if (lengthBytes === 2) frame.writeUInt16BE(length, 2);
    if (lengthBytes === 8) {
      frame.writeUInt32BE(Math.floor(length / 2 ** 32), 2);
      frame.writeUInt32BE(length % 2 ** 32, 6);
    }
    if (this.#masks) {
      const key = nextKey();
      key.copy(frame, headBytes - 4);
      for (let index = 0; index < length; index += 1)
        payload[index] = (payload[index] as number) ^ (key[index & 3] as number);
    }
    if (joined) {
      payload.copy(frame, headBytes);
      socket.write(frame);
      return;
    }
    socket.cork();
    socket.write(frame);
    socket.write(payload);
    socket.uncork();
  }
}
