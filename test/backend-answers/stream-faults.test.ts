import assert from "node:assert/strict";
import { constants } from "node:http2";
import type { Socket } from "node:net";
import { Readable } from "node:stream";
import { after, test } from "node:test";
import type { FailureKind } from "../../packages/server/src/upstream/transport.ts";
import {
  type AnswerFrames,
  data,
  endStream,
  frame,
  frameTypes,
  goAway,
  okHead,
  reset,
  startFrameServer,
} from "./raw-frames.ts";
import { askStream, openSessions } from "./stream-server.ts";

const opened: { close(): unknown }[] = [];
after(() => {
  for (const one of opened) one.close();
});

async function serve(answer: AnswerFrames): Promise<string> {
  const server = await startFrameServer(answer);
  opened.push(server);
  return server.url;
}

const { NGHTTP2_CANCEL, NGHTTP2_ENHANCE_YOUR_CALM, NGHTTP2_INTERNAL_ERROR, NGHTTP2_NO_ERROR } =
  constants;
const send = (socket: Socket, ...frames: readonly Buffer[]): void =>
  void socket.write(Buffer.concat(frames));
const ok = (socket: Socket, stream: number): void =>
  send(socket, okHead(stream), data(stream, "ok", endStream));
/** A head of `:status: 200` and one field, both written out. */
const headWith = (stream: number, name: string, value: string, flags = 0): Buffer =>
  frame(
    frameTypes.headers,
    4 | flags,
    stream,
    Buffer.concat([
      Buffer.from([0x88, 0x00, name.length]),
      Buffer.from(name),
      Buffer.from([value.length]),
      Buffer.from(value),
    ]),
  );

const rows: readonly (readonly [name: string, FailureKind | undefined, AnswerFrames])[] = [
  [
    "a reset before the answer",
    "lost",
    (socket, one) => send(socket, reset(one, NGHTTP2_INTERNAL_ERROR)),
  ],
  [
    "a reset within the answer",
    "lost",
    (socket, one) => send(socket, okHead(one), data(one, "a"), reset(one, NGHTTP2_CANCEL)),
  ],
  [
    "a reset without a fault within the answer",
    "lost",
    (socket, one) => send(socket, okHead(one), data(one, "a"), reset(one, NGHTTP2_NO_ERROR)),
  ],
  [
    "a reset without a fault behind the head",
    "lost",
    (socket, one) => send(socket, okHead(one), reset(one, NGHTTP2_NO_ERROR)),
  ],
  [
    "a reset behind the whole answer",
    undefined,
    (socket, one) =>
      send(socket, okHead(one), data(one, "ok", endStream), reset(one, NGHTTP2_NO_ERROR)),
  ],
  [
    "an end of the connection within the answer",
    "lost",
    (socket, one) => {
      send(socket, okHead(one), data(one, "a"));
      socket.end();
    },
  ],
  [
    "an end of the session by a fault",
    "lost",
    (socket, one) => send(socket, goAway(one, NGHTTP2_ENHANCE_YOUR_CALM)),
  ],
  [
    "an answer that is shorter than it says",
    "malformed",
    (socket, one) => send(socket, headWith(one, "content-length", "9"), data(one, "ok", endStream)),
  ],
  [
    "an answer that is longer than it says",
    "malformed",
    (socket, one) => send(socket, headWith(one, "content-length", "1"), data(one, "ok", endStream)),
  ],
  [
    "a field of the connection",
    "malformed",
    (socket, one) => send(socket, headWith(one, "transfer-encoding", "chunked", endStream)),
  ],
  [
    "a name in upper case",
    "malformed",
    (socket, one) => send(socket, headWith(one, "Age", "1", endStream)),
  ],
  ["a body without a head", "malformed", (socket, one) => send(socket, data(one, "ok", endStream))],
  ["a second head", "malformed", (socket, one) => send(socket, okHead(one), okHead(one))],
  ["frames of no stream", "malformed", (socket) => send(socket, data(0, "x"))],
  [
    "an answer to what nobody has asked",
    "malformed",
    (socket, one) => send(socket, okHead(one + 2)),
  ],
  [
    "a head of many fields",
    "lost",
    (socket, one) =>
      send(
        socket,
        frame(
          frameTypes.headers,
          4 | endStream,
          one,
          Buffer.concat([
            Buffer.from([0x88]),
            ...Array.from({ length: 300 }, () => Buffer.from([0x00, 1, 0x61, 1, 0x62])),
          ]),
        ),
      ),
  ],
  ["no answer in time", "timeout", () => undefined],
  [
    "an answer that stops coming",
    "timeout",
    (socket, one) => send(socket, okHead(one), data(one, "a")),
  ],
];

for (const [name, kind, answer] of rows)
  test(`what a backend may do to a stream: ${name} is ${kind ?? "an answer"}, and the next request is answered by its own answer`, async () => {
    let asked = 0;
    const url = await serve((socket, stream, connections) => {
      asked += 1;
      if (asked === 1) answer(socket, stream, connections);
      else ok(socket, stream);
    });
    const sessions = openSessions(url, 100, 200);
    const came = await askStream(sessions, {}, undefined, 200);
    assert.equal(came.failed, kind, came.detail);
    assert.equal((await askStream(sessions)).body, "ok");
    await sessions.close();
  });

test("a field with a value that no field has is left out", async () => {
  const url = await serve((socket, stream) =>
    send(socket, headWith(stream, "a", "b\r\nc: d", endStream)),
  );
  const sessions = openSessions(url);
  const { failed, fields, status } = await askStream(sessions);
  assert.deepEqual([status, fields, failed], [200, [], undefined]);
  await sessions.close();
});

test("interim answers are bounded", async () => {
  const interim = (stream: number): Buffer =>
    frame(frameTypes.headers, 4, stream, Buffer.from([0x08, 3, 0x31, 0x30, 0x33]));
  const url = await serve((socket, stream) =>
    send(socket, ...Array.from({ length: 17 }, () => interim(stream))),
  );
  const sessions = openSessions(url);
  assert.equal((await askStream(sessions)).failed, "malformed");
  await sessions.close();
});

/** The number of the stream before, of those that clients begin. */
const before = (stream: number): number => Math.max(0, stream - 2);
const refusals: readonly (readonly [string, AnswerFrames])[] = [
  [
    "refuses a stream",
    (socket, stream) => send(socket, reset(stream, constants.NGHTTP2_REFUSED_STREAM)),
  ],
  [
    "leaves without having begun with a stream",
    (socket, stream) => send(socket, goAway(before(stream), NGHTTP2_NO_ERROR)),
  ],
  [
    "ends its session by a fault without having begun with a stream",
    (socket, stream) => send(socket, goAway(before(stream), NGHTTP2_INTERNAL_ERROR)),
  ],
];
for (const [name, refuse] of refusals)
  test(`a backend that ${name} is asked again at once, whatever the method, but not without end, and not for a body that was streamed`, async () => {
    let asked = 0;
    let refused = 0;
    const url = await serve((socket, stream, connections) => {
      asked += 1;
      if (refused < asked) ok(socket, stream);
      else refuse(socket, stream, connections);
    });
    const sessions = openSessions(url);
    const ask = async (times: number, body: Buffer | Readable | null) => {
      [asked, refused] = [0, times];
      return askStream(sessions, { method: "POST", body, repeatable: false });
    };
    assert.equal((await ask(1, null)).body, "ok");
    assert.equal((await ask(2, Buffer.from("a"))).body, "ok");
    assert.equal((await ask(9, null)).failed, "unsent");
    assert.equal(asked, 3);
    assert.equal((await ask(1, Readable.from([Buffer.from("a")]))).failed, "unsent");
    assert.equal(asked, 1);
    await sessions.close();
  });

test("a session on which nothing has come while an answer was waited for carries no other request", async () => {
  const carriedBy: number[] = [];
  const url = await serve((socket, stream, connections) => {
    carriedBy.push(connections);
    if (carriedBy.length !== 2) ok(socket, stream);
  });
  const sessions = openSessions(url);
  assert.equal((await askStream(sessions)).body, "ok");
  assert.equal((await askStream(sessions, {}, undefined, 150)).failed, "timeout");
  assert.equal((await askStream(sessions)).body, "ok");
  assert.deepEqual(carriedBy, [1, 1, 2]);
  await sessions.close();
});
