import assert from "node:assert/strict";
import { PassThrough, type Writable } from "node:stream";
import { test } from "node:test";
import fc from "fast-check";
import * as ws from "ws";
import { closing, frame, type FrameOf } from "../../../../../test/gate/frames.ts";
import { closeCodeOf } from "./close-codes.ts";
import { FrameReader, opcodes } from "./frame-reader.ts";
import { FrameWriter } from "./frame-writer.ts";
import { MessageFlow } from "./message-flow.ts";

const mostBytes = 300;

/** What was understood, in order, and the code by which the connection failed. */
interface Read {
  readonly told: string[];
  failed: number | undefined;
}

function readByFlow(chunks: readonly Buffer[]): Read {
  const read: Read = { told: [], failed: undefined };
  const socket = new PassThrough({ highWaterMark: 10_000_000 });
  const flow = new MessageFlow(
    { from: "caller", mostBytes, check: undefined, count: undefined },
    new FrameWriter(socket, true),
    {
      decide: ({ problem }) => {
        read.failed = closeCodeOf(problem);
        return true;
      },
      closed: () => undefined,
    },
  );
  for (const chunk of chunks) flow.push(Buffer.from(chunk));
  // What the gate has written is read by a server's reader, which knows masks.
  let head = 0;
  let payload: Buffer = Buffer.alloc(0);
  const reader = new FrameReader(true, {
    onHead: ({ final, opcode }) => {
      assert.ok(final);
      head = opcode;
      payload = Buffer.alloc(0);
    },
    onPayload: (part) => (payload = Buffer.concat([payload, part])),
    onFrameEnd: () => void read.told.push(`${head} ${payload.toString("hex")}`),
    onControl: (opcode, bytes) => void read.told.push(`${opcode} ${bytes.toString("hex")}`),
    onMalformed: assert.fail,
  });
  for (;;) {
    const written = socket.read() as Buffer | null;
    if (written === null) break;
    reader.push(written);
  }
  return read;
}

type ReceiverOptions = { readonly isServer: boolean; readonly maxPayload: number };
const { Receiver } = ws as unknown as {
  readonly Receiver: new (options: ReceiverOptions) => Writable;
};
const statusOf: Readonly<Record<string, number>> = {
  WS_ERR_UNSUPPORTED_MESSAGE_LENGTH: 1009,
  WS_ERR_INVALID_UTF8: 1007,
};

async function readByLibrary(chunks: readonly Buffer[]): Promise<Read> {
  const read: Read = { told: [], failed: undefined };
  const receiver = new Receiver({ isServer: true, maxPayload: mostBytes });
  const tell = (opcode: number, payload: Buffer): void =>
    void read.told.push(`${opcode} ${payload.toString("hex")}`);
  receiver
    .on("message", (data: Buffer, isBinary: boolean) => tell(isBinary ? 2 : 1, data))
    .on("ping", (data: Buffer) => tell(opcodes.ping, data))
    .on("pong", (data: Buffer) => tell(opcodes.pong, data))
    .on("conclude", (code: number, reason: Buffer) =>
      tell(opcodes.close, code === 1005 ? Buffer.alloc(0) : closing(code, reason)),
    )
    .on("error", (fault: Error & { code: string }) => {
      read.failed = statusOf[fault.code] ?? 1002;
    });
  for (const chunk of chunks) {
    if (read.failed !== undefined) break;
    receiver.write(Buffer.from(chunk));
    await new Promise((resolve) => setImmediate(resolve));
  }
  return read;
}

const payload = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 40 }),
  fc.uint8Array({ maxLength: 150 }).map((bytes) => Buffer.from(bytes)),
);
const often = <T>(usual: T, other: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ weight: 12, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: other });
const anyFrame: fc.Arbitrary<FrameOf> = fc.record({
  opcode: fc.oneof(
    { weight: 20, arbitrary: fc.constantFrom(0, 1, 2, 9, 10) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 15 }) },
  ),
  final: fc.boolean(),
  reserved: often(0, fc.integer({ min: 0, max: 7 })),
  masked: often(true, fc.boolean()),
  payload,
});
/** A message in fragments, which chance alone would seldom send. */
const fragments: fc.Arbitrary<readonly FrameOf[]> = fc
  .tuple(fc.constantFrom(1, 2), fc.string({ unit: "grapheme", maxLength: 120 }), fc.nat(40))
  .map(([opcode, text, cut]) => {
    const bytes = Buffer.from(text);
    return [
      { opcode, final: false, payload: bytes.subarray(0, cut) },
      { opcode: 9, payload: "between" },
      { opcode: 0, final: false, payload: "" },
      { opcode: 0, payload: bytes.subarray(cut) },
    ];
  });
const close: fc.Arbitrary<readonly FrameOf[]> = fc
  .tuple(fc.integer({ min: 990, max: 5010 }), fc.string({ unit: "grapheme", maxLength: 20 }))
  .map(([code, reason]) => [{ opcode: 8, payload: closing(code, reason) }]);
const whole: fc.Arbitrary<readonly FrameOf[]> = fc
  .tuple(fc.constantFrom(1, 2), fc.string({ unit: "grapheme", maxLength: 60 }))
  .map(([opcode, text]) => [{ opcode, payload: text }]);

test("frames are read as the ws library reads them, however their bytes come", async () => {
  let failed = 0;
  let told = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.oneof(
          { weight: 4, arbitrary: whole },
          { weight: 3, arbitrary: fragments },
          { weight: 2, arbitrary: anyFrame.map((one) => [one]) },
          { weight: 1, arbitrary: close },
        ),
        { maxLength: 8 },
      ),
      fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 20 }),
      async (groups, sizes) => {
        const bytes = Buffer.concat(groups.flat().map(frame));
        const chunks: Buffer[] = [];
        for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
          const size = sizes[turn % sizes.length] as number;
          chunks.push(bytes.subarray(at, at + size));
          at += size;
        }
        const own = readByFlow(chunks);
        assert.deepEqual(own, await readByLibrary(chunks));
        failed += own.failed === undefined ? 0 : 1;
        told += own.told.length;
      },
    ),
    { numRuns: 1500 },
  );
  assert.ok(failed > 100 && told > 1000, `${failed} failed, ${told} messages were told`);
});
