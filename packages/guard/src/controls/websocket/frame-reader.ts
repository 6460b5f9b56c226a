/** Opcodes of RFC 6455 section 5.2. */
export const opcodes = {
  continuation: 0,
  text: 1,
  binary: 2,
  close: 8,
  ping: 9,
  pong: 10,
} as const;

export interface FrameHead {
  /** The last frame of its message. */
  readonly final: boolean;
  readonly opcode: number;
  /** As it was declared; not a byte of it has been read. */
  readonly length: number;
}

/** What is told of the frames as they are read. */
export interface FrameSink {
  /** A frame of a message, before its payload is read. */
  onHead(head: FrameHead): void;
  /** Payload of that frame, unmasked, as it comes. The bytes are the receiver's own. */
  onPayload(part: Buffer): void;
  onFrameEnd(head: FrameHead): void;
  /** A control frame, whole. */
  onControl(opcode: number, payload: Buffer): void;
  /** What follows cannot be read: nothing more is told. */
  onMalformed(detail: string): void;
}

/** RFC 6455 section 5.5. */
const mostControlBytes = 125;
const mostHeadBytes = 14;

/**
 * Reads frames (RFC 6455 section 5.2) as their bytes come, and holds none of a message's: whoever is
 * told of a head can stop before the payload has come. What the section forbids, and what two
 * programs could read differently, is malformed.
 */
export class FrameReader {
  readonly #sink: FrameSink;
  readonly #masked: boolean;
  readonly #head = Buffer.alloc(mostHeadBytes);
  #headBytes = 0;
  /** How long the head is, as far as it is known. */
  #needed = 2;
  /** The frame whose payload is being read. */
  #frame: FrameHead | undefined;
  #left = 0;
  #maskAt = 0;
  #control: Buffer | undefined;
  #stopped = false;

  /** @param masked whether frames must be masked, as a client's, or must not, as a server's */
  constructor(masked: boolean, sink: FrameSink) {
    this.#masked = masked;
    this.#sink = sink;
  }

  /** Nothing that was sent, or will be, is told any more. */
  stop(): void {
    this.#stopped = true;
  }

  /** @param chunk is unmasked in place */
  push(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length && !this.#stopped)
      at = this.#frame === undefined ? this.#readHead(chunk, at) : this.#readPayload(chunk, at);
  }

  #readHead(chunk: Buffer, from: number): number {
    const bytes = Math.min(this.#needed - this.#headBytes, chunk.length - from);
    chunk.copy(this.#head, this.#headBytes, from, from + bytes);
    this.#headBytes += bytes;
    if (this.#headBytes < this.#needed) return from + bytes;
    if (this.#needed === 2) {
      const fault = this.#judgeStart();
      if (fault !== undefined) this.#fail(fault);
      else if (this.#needed === 2) this.#begin();
    } else this.#begin();
    return from + bytes;
  }

  /** Judges the first two bytes, and says how many belong to the head. */
  #judgeStart(): string | undefined {
    const first = this.#head[0] as number;
    const second = this.#head[1] as number;
    const fault = startFault(first, second);
    if (fault !== undefined) return fault;
    const short = second & 0x7f;
    const masked = (second & 0x80) !== 0;
    if (masked !== this.#masked) return masked ? "a frame is masked" : "a frame is not masked";
    this.#needed += (short === 126 ? 2 : short === 127 ? 8 : 0) + (masked ? 4 : 0);
    return undefined;
  }

  #begin(): void {
    const length = this.#length();
    if (typeof length === "string") {
      this.#fail(length);
      return;
    }
    const first = this.#head[0] as number;
    const frame: FrameHead = { final: (first & 0x80) !== 0, opcode: first & 0x0f, length };
    this.#frame = frame;
    this.#left = length;
    this.#maskAt = 0;
    if (frame.opcode >= opcodes.close) this.#control = Buffer.allocUnsafe(length);
    else this.#sink.onHead(frame);
    if (length === 0 && !this.#stopped) this.#end(frame);
  }

  /** "The minimal number of bytes MUST be used to encode the length." */
  #length(): number | string {
    const short = (this.#head[1] as number) & 0x7f;
    if (short < 126) return short;
    if (short === 126) {
      const length = this.#head.readUInt16BE(2);
      return length < 126 ? "a length is not in its shortest form" : length;
    }
    const high = this.#head.readUInt32BE(2);
    const length = high * 2 ** 32 + this.#head.readUInt32BE(6);
    if (high >= 2 ** 31) return "a length has its highest bit set";
    return length < 65_536 ? "a length is not in its shortest form" : length;
  }

  #readPayload(chunk: Buffer, from: number): number {
    const frame = this.#frame as FrameHead;
    const to = Math.min(chunk.length, from + this.#left);
    const part = chunk.subarray(from, to);
    if (this.#masked) this.#unmask(part);
    if (this.#control === undefined) this.#sink.onPayload(part);
    else part.copy(this.#control, frame.length - this.#left);
    this.#left -= part.length;
    if (this.#left === 0 && !this.#stopped) this.#end(frame);
    return to;
  }

  #unmask(part: Buffer): void {
    const key = this.#head.subarray(this.#needed - 4, this.#needed);
    let at = this.#maskAt;
    for (let index = 0; index < part.length; index += 1) {
      part[index] = (part[index] as number) ^ (key[at] as number);
      at = (at + 1) & 3;
    }
    this.#maskAt = at;
  }

  #end(frame: FrameHead): void {
    const control = this.#control;
    this.#frame = undefined;
    this.#control = undefined;
    this.#headBytes = 0;
    this.#needed = 2;
    if (control === undefined) this.#sink.onFrameEnd(frame);
    else this.#sink.onControl(frame.opcode, control);
  }

  #fail(detail: string): void {
    this.#stopped = true;
    this.#sink.onMalformed(detail);
  }
}

/** What the first two bytes of a frame may not say, whoever sends it. */
function startFault(first: number, second: number): string | undefined {
  const opcode = first & 0x0f;
  if ((first & 0x70) !== 0) return "a reserved bit is set";
  if (opcode > opcodes.pong || (opcode > opcodes.binary && opcode < opcodes.close))
    return `the opcode ${opcode} is reserved`;
  if (opcode < opcodes.close) return undefined;
  if ((first & 0x80) === 0) return "a control frame is fragmented";
  return (second & 0x7f) > mostControlBytes
    ? `a control frame is longer than ${mostControlBytes} bytes`
    : undefined;
}
