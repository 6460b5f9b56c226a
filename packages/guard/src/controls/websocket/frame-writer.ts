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
    const head = headOf(opcode, payload.length, final);
    if (!this.#masks) {
      send(socket, [head, payload]);
      return;
    }
    const key = nextKey();
    head[1] = (head[1] as number) | 0x80;
    for (let index = 0; index < payload.length; index += 1)
      payload[index] = (payload[index] as number) ^ (key[index & 3] as number);
    send(socket, [head, key, payload]);
  }
}

/** The first bytes of a frame, with its length in the shortest form. */
function headOf(opcode: number, length: number, final: boolean): Buffer {
  const lengthBytes = length < 126 ? 0 : length < 65_536 ? 2 : 8;
  const head = Buffer.allocUnsafe(2 + lengthBytes);
  head[0] = (final ? 0x80 : 0) | opcode;
  head[1] = lengthBytes === 0 ? length : lengthBytes === 2 ? 126 : 127;
  if (lengthBytes === 2) head.writeUInt16BE(length, 2);
  if (lengthBytes === 8) head.writeBigUInt64BE(BigInt(length), 2);
  return head;
}

/** A head is copied: its key lies among others that will be drawn anew. */
function send(socket: Duplex, parts: readonly Buffer[]): void {
  const payload = parts.at(-1) as Buffer;
  if (payload.length <= mostJoinedBytes) {
    socket.write(Buffer.concat(parts));
    return;
  }
  socket.cork();
  socket.write(Buffer.concat(parts.slice(0, -1)));
  socket.write(payload);
  socket.uncork();
}
