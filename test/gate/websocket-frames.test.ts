import assert from "node:assert/strict";
import { once } from "node:events";
import type { Duplex } from "node:stream";
import { after, before, test } from "node:test";
import { closing, frame, malformed } from "./frames.ts";
import { type SocketGate, startSocketGate } from "./socket-gate.ts";

let gate: SocketGate;
/** The backend's end of the connection that was opened last, and what has come there. */
let backend: Duplex;
let came: Buffer[] = [];
before(async () => {
  gate = await startSocketGate({
    policy:
      "operations: [{ match: bare, websocket: { most: 1000, messages: 1000/s } }]\nlimits: { admission: off }\n",
    onBare(socket) {
      backend = socket;
      came = [];
      socket.on("data", (chunk: Buffer) => came.push(chunk));
    },
  });
});
after(() => gate.close());

/** Frames without masks, read back; those of the gate toward the backend are masked. */
function readFrames(bytes: Buffer): { opcode: number; masked: boolean; payload: Buffer }[] {
  const frames: { opcode: number; masked: boolean; payload: Buffer }[] = [];
  for (let at = 0; at < bytes.length; ) {
    const [first = 0, second = 0] = bytes.subarray(at);
    const masked = second >= 0x80;
    const short = second & 0x7f;
    const length = short === 126 ? bytes.readUInt16BE(at + 2) : short;
    const head = at + 2 + (short === 126 ? 2 : 0);
    const start = head + (masked ? 4 : 0);
    const key = bytes.subarray(head, start);
    const payload = bytes
      .subarray(start, start + length)
      .map((byte, index) => (masked ? byte ^ (key[index & 3] as number) : byte));
    frames.push({ opcode: first & 0x0f, masked, payload: Buffer.from(payload) });
    at = start + length;
  }
  return frames;
}

const closeOf = (bytes: Buffer): readonly [code: number | undefined, reason: string] => {
  const last = readFrames(bytes).find(({ opcode }) => opcode === 8);
  return [last?.payload.readUInt16BE(0), last?.payload.subarray(2).toString() ?? ""];
};

for (const from of ["caller", "backend"] as const)
  for (const { code, fineFrom, frames, section, what } of malformed) {
    // The table's masks are a caller's: what is right there is wrong of a backend.
    const wrong = (masked: boolean | undefined): boolean =>
      from === "caller" ? masked !== false : fineFrom === "backend";
    test(`${what} of the ${from} (RFC 6455 section ${section}) ends the WebSocket by ${code}`, async () => {
      const { rest, socket } = await gate.openBare("/bare");
      const bytes = Buffer.concat(
        frames.map((one) => frame({ ...one, masked: wrong(one.masked) })),
      );
      const ended = once(backend, "close", { signal: AbortSignal.timeout(20_000) });
      (from === "caller" ? socket : backend).write(bytes);
      const toCaller = closeOf(await rest);
      await ended;
      const toBackend = closeOf(Buffer.concat(came));
      const reason = code === 1007 ? "message-not-text" : "frame-malformed";
      assert.deepEqual(toCaller, [from === "caller" ? code : 1011, reason]);
      assert.deepEqual(toBackend, [from === "caller" ? 1001 : code, reason]);
      const record = gate.records.at(-1);
      assert.equal(record?.code, reason);
      assert.equal(record?.webSocket?.state, "closed");
    });
  }

/** What is well-formed, and what the other end gets of it. */
const wellFormed: readonly (readonly [
  what: string,
  frames: readonly Parameters<typeof frame>[0][],
  gets: readonly (readonly [opcode: number, payload: string])[],
])[] = [
  ["an empty text", [{}], [[1, ""]]],
  ["a binary message", [{ opcode: 2, payload: Buffer.from("b") }], [[2, "b"]]],
  [
    "a control frame of 125 bytes",
    [{ opcode: 9, payload: "p".repeat(125) }],
    [[9, "p".repeat(125)]],
  ],
  ["a pong that nobody asked for", [{ opcode: 10, payload: "p" }], [[10, "p"]]],
  [
    "fragments, a ping between them, and a character across them",
    [
      { opcode: 1, final: false, payload: Buffer.from([0x61, 0xe2]) },
      { opcode: 0, final: false, payload: "" },
      { opcode: 9, payload: "ping" },
      { opcode: 0, payload: Buffer.from([0x82, 0xac]) },
    ],
    [
      [9, "ping"],
      [1, "a\u20ac"],
    ],
  ],
  [
    "lengths of 125, 126 and 127 bytes",
    [125, 126, 127].map((length) => ({ payload: "l".repeat(length) })),
    [125, 126, 127].map((length) => [1, "l".repeat(length)]),
  ],
];

for (const [what, frames, gets] of wellFormed)
  for (const from of ["caller", "backend"] as const)
    for (const pieces of ["at once", "byte by byte"] as const)
      test(`${what} of the ${from}, sent ${pieces}, reaches the other end`, async () => {
        const { rest, socket } = await gate.openBare("/bare");
        const masked = from === "caller";
        const near = masked ? socket : backend;
        const far = masked ? backend : socket;
        const bytes = Buffer.concat([
          ...frames.map((one) => frame({ ...one, masked })),
          frame({ opcode: 8, payload: closing(1000, "done"), masked }),
        ]);
        if (pieces === "at once") near.write(bytes);
        else
          for (const byte of bytes) {
            near.write(Buffer.from([byte]));
            await new Promise((resolve) => setImmediate(resolve));
          }
        far.once("data", () => undefined);
        const answer = frame({ opcode: 8, payload: closing(1000), masked: !masked });
        setTimeout(() => far.write(answer), 50);
        const toCaller = await rest;
        const got = readFrames(masked ? Buffer.concat(came) : toCaller);
        assert.deepEqual(
          got.map(({ opcode, payload }) => [opcode, payload.toString("latin1")]),
          [...gets, [8, closing(1000, "done").toString("latin1")]].map(([opcode, payload]) => [
            opcode,
            Buffer.from(payload as string, opcode === 8 ? "latin1" : "utf8").toString("latin1"),
          ]),
        );
        assert.ok(got.every((one) => one.masked === masked));
        const { webSocket } = gate.records.at(-1) ?? {};
        assert.deepEqual(
          webSocket?.state === "closed" && [webSocket.closeCode, webSocket.closedBy],
          [1000, from],
        );
      });
