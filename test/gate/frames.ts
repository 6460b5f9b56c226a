/** A frame of RFC 6455 section 5.2, as right or wrong as it is asked for. */
export interface FrameOf {
  readonly opcode?: number;
  readonly final?: boolean;
  /** The three reserved bits. */
  readonly reserved?: number;
  readonly payload?: Buffer | string;
  readonly masked?: boolean;
  /** What is declared in place of the payload's own length. */
  readonly declared?: number;
  /** In how many bytes the length is written; the fewest unless given. */
  readonly lengthBytes?: 0 | 2 | 8;
}

export function frame({
  declared,
  final = true,
  masked = true,
  opcode = 1,
  payload = "",
  reserved = 0,
  ...given
}: FrameOf): Buffer {
  const bytes = Buffer.from(payload as string);
  const length = declared ?? bytes.length;
  const lengthBytes = given.lengthBytes ?? (length < 126 ? 0 : length < 65_536 ? 2 : 8);
  const head = Buffer.alloc(2 + lengthBytes);
  head[0] = (final ? 0x80 : 0) | (reserved << 4) | opcode;
  head[1] = (masked ? 0x80 : 0) | (lengthBytes === 0 ? length : lengthBytes === 2 ? 126 : 127);
  if (lengthBytes === 2) head.writeUInt16BE(length, 2);
  if (lengthBytes === 8) head.writeBigUInt64BE(BigInt(length), 2);
  if (!masked) return Buffer.concat([head, bytes]);
  const key = Buffer.from([0x37, 0xfa, 0x21, 0x3d]);
  return Buffer.concat([head, key, bytes.map((byte, at) => byte ^ (key[at & 3] as number))]);
}

export const closing = (code: number, reason: Buffer | string = ""): Buffer => {
  const head = Buffer.alloc(2);
  head.writeUInt16BE(code);
  return Buffer.concat([head, Buffer.from(reason as string)]);
};

export interface Malformed {
  readonly what: string;
  /** Of RFC 6455. */
  readonly section: string;
  readonly code: number;
  readonly frames: readonly FrameOf[];
  /** A direction in which it is not malformed. */
  readonly fineFrom?: "caller" | "backend";
}

const text = (payload: Buffer | string, more: FrameOf = {}): FrameOf => ({ payload, ...more });
const part = (opcode: number, final: boolean, payload: Buffer | string = "x"): FrameOf => ({
  opcode,
  final,
  payload,
});

/** Every way of RFC 6455 in which a frame, or what it holds, is malformed. */
export const malformed: readonly Malformed[] = [
  ...[1, 2, 4, 7].map((reserved) => ({
    what: `reserved bits ${reserved.toString(2).padStart(3, "0")}`,
    section: "5.2",
    code: 1002,
    frames: [text("a", { reserved })],
  })),
  ...[3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map((opcode) => ({
    what: `the reserved opcode ${opcode}`,
    section: "5.2",
    code: 1002,
    frames: [{ opcode }],
  })),
  {
    what: "a reserved bit of a control frame",
    section: "5.2",
    code: 1002,
    frames: [{ opcode: 9, reserved: 4 }],
  },
  {
    what: "a short length in two bytes",
    section: "5.2",
    code: 1002,
    frames: [text("a", { lengthBytes: 2 })],
  },
  {
    what: "a short length in eight bytes",
    section: "5.2",
    code: 1002,
    frames: [text("a", { lengthBytes: 8 })],
  },
  {
    what: "a middle length in eight bytes",
    section: "5.2",
    code: 1002,
    frames: [text("a".repeat(300), { lengthBytes: 8 })],
  },
  {
    what: "a mask on the wrong side",
    section: "5.1",
    code: 1002,
    frames: [text("a", { masked: false })],
    fineFrom: "backend",
  },
  {
    what: "no mask, or one, of a control frame",
    section: "5.1",
    code: 1002,
    frames: [{ opcode: 9, masked: false }],
    fineFrom: "backend",
  },
  ...[8, 9, 10].flatMap((opcode) => [
    {
      what: `the control frame ${opcode} in fragments`,
      section: "5.4",
      code: 1002,
      frames: [{ opcode, final: false }],
    },
    {
      what: `the control frame ${opcode} of 126 bytes`,
      section: "5.5",
      code: 1002,
      frames: [{ opcode, payload: Buffer.alloc(126, 0x61) }],
    },
  ]),
  {
    what: "a continuation of nothing",
    section: "5.4",
    code: 1002,
    frames: [part(0, true)],
  },
  {
    what: "a continuation after a whole message",
    section: "5.4",
    code: 1002,
    frames: [text("whole"), part(0, true)],
  },
  ...[1, 2].map((opcode) => ({
    what: `a message of opcode ${opcode} within another`,
    section: "5.4",
    code: 1002,
    frames: [part(1, false), part(opcode, true)],
  })),
  {
    what: "text that is not UTF-8",
    section: "8.1",
    code: 1007,
    frames: [text(Buffer.from([0x61, 0xff]))],
  },
  {
    what: "text with an overlong form",
    section: "8.1",
    code: 1007,
    frames: [text(Buffer.from([0xc0, 0xaf]))],
  },
  {
    what: "text with a surrogate",
    section: "8.1",
    code: 1007,
    frames: [text(Buffer.from([0xed, 0xa0, 0x80]))],
  },
  {
    what: "text that ends within a character",
    section: "8.1",
    code: 1007,
    frames: [text(Buffer.from([0xe2, 0x82]))],
  },
  {
    what: "fragments that are not UTF-8 together",
    section: "8.1",
    code: 1007,
    frames: [part(1, false, Buffer.from([0xe2])), part(0, true, "a")],
  },
  {
    what: "a close frame of one byte",
    section: "5.5.1",
    code: 1002,
    frames: [{ opcode: 8, payload: "a" }],
  },
  ...[0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65_535].map((code) => ({
    what: `a close frame with the code ${code}`,
    section: "7.4",
    code: 1002,
    frames: [{ opcode: 8, payload: closing(code) }],
  })),
  {
    what: "a close reason that is not UTF-8",
    section: "5.5.1",
    code: 1007,
    frames: [{ opcode: 8, payload: closing(1000, Buffer.from([0xff])) }],
  },
];
