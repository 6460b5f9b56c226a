import assert from "node:assert/strict";
import { connect } from "node:net";
import { after, before, test } from "node:test";
import { ask, endOf, http2Session, rawTls, type SlowGate, startSlowGate } from "./slow-gate.ts";

const within = { timeout: 60_000 };
const closed = (socket: { once(event: "close", listener: () => void): unknown }): Promise<void> =>
  new Promise((resolve) => socket.once("close", resolve));

let slow: SlowGate;
before(async () => {
  slow = await startSlowGate(
    "timeouts: { handshake: 2s, firstByte: 3s, head: 2s, idle: 3s, stall: 2s }",
    { connections: 20 },
  );
});
after(() => slow?.close());

test(
  "streams whose window does not move are reset, and give their backend back",
  within,
  async () => {
    const { gate } = slow;
    const sessions = Array.from({ length: 2 }, () => http2Session(gate, 0));
    const streams = sessions.flatMap((session) =>
      Array.from({ length: 10 }, () => session.request({ ":path": "/large" })),
    );
    const ends = await Promise.all(streams.map(endOf));
    assert.deepEqual(new Set(ends), new Set(["ENHANCE_YOUR_CALM"]));
    for (const session of sessions) session.destroy();
    assert.equal(await ask(gate), 200);
    assert.equal(await ask(gate, "/large"), 200);
  },
);

test("callers on HTTP/1.1 who read nothing are cut, and others are served", within, async () => {
  const { gate } = slow;
  const sockets = await Promise.all(Array.from({ length: 4 }, () => rawTls(gate, "http/1.1")));
  const ends = sockets.map(closed);
  for (const socket of sockets) {
    socket.pause();
    socket.write("GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n");
    // What the system has kept for this end would hide that the other one has closed.
    setTimeout(() => socket.resume(), 20_000);
  }
  assert.equal(await ask(gate), 200);
  await Promise.all(ends);
  assert.equal(slow.busy(), 0);
});

test("who takes two kilobytes a second is served to the end", within, async () => {
  const session = http2Session(slow.gate, 2048);
  const stream = session.request({ ":path": "/large" });
  let bytes = 0;
  stream.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    stream.pause();
    setTimeout(() => stream.resume(), 1000);
  });
  await Promise.race([endOf(stream), new Promise((resolve) => setTimeout(resolve, 10_000))]);
  assert.equal(stream.closed, false);
  assert.ok(bytes > 10_000, String(bytes));
  session.destroy();
});

test("an event stream on which nothing happens is not slow", within, async () => {
  const session = http2Session(slow.gate);
  const stream = session.request({ ":path": "/events" });
  let text = "";
  stream.setEncoding("utf8").on("data", (part: string) => (text += part));
  assert.equal(await endOf(stream), "200");
  assert.equal(text, "data: one\n\ndata: two\n\n");
  session.destroy();
});

for (const path of ["/upload", "/note"])
  test(`a body that is never sent is given up: ${path}`, within, async () => {
    const { gate } = slow;
    const type = path === "/note" ? "application/json" : "application/octet-stream";
    const session = http2Session(gate);
    const streams = Array.from({ length: 10 }, () => {
      const stream = session.request({ ":path": path, ":method": "POST", "content-type": type });
      stream.write("{");
      return stream.resume();
    });
    const socket = await rawTls(gate, "http/1.1");
    const cut = closed(socket.resume());
    socket.write(
      `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: ${type}\r\nContent-Length: 1000\r\n\r\n{`,
    );
    const ends = await Promise.all(streams.map(endOf));
    assert.ok(
      ends.every((end) => end === "ENHANCE_YOUR_CALM" || end === "503"),
      String(ends),
    );
    await cut;
    session.destroy();
    assert.equal(await ask(gate), 200);
    assert.equal(slow.busy(), 0);
  });

test("a body that comes at two kilobytes a second is taken", within, async () => {
  const session = http2Session(slow.gate);
  const stream = session.request({
    ":path": "/upload",
    ":method": "POST",
    "content-type": "application/octet-stream",
  });
  const end = endOf(stream.resume());
  for (let part = 0; part < 8; part += 1) {
    stream.write(Buffer.alloc(2000));
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  stream.end();
  assert.equal(await end, "200");
  session.destroy();
});

const preface = Buffer.concat([
  Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
  Buffer.from("000000040000000000", "hex"),
]);
/** HEADERS without END_HEADERS: what is missing would come in CONTINUATION. */
const halfHead = Buffer.from("0000010104000000018200", "hex").subarray(0, 10);

/** Connections that never ask for anything whole. */
const beginnings: Readonly<Record<string, readonly [protocol: string, bytes: Buffer]>> = {
  "HTTP/1.1, nothing": ["http/1.1", Buffer.alloc(0)],
  "HTTP/1.1, half a head": ["http/1.1", Buffer.from("GET /fast HTTP/1.1\r\nHost: loc")],
  "HTTP/2, nothing": ["h2", Buffer.alloc(0)],
  "HTTP/2, a preface": ["h2", preface],
  "HTTP/2, half a head": ["h2", Buffer.concat([preface, halfHead])],
};

for (const [name, [protocol, bytes]] of Object.entries(beginnings))
  test(`a connection that never asks for anything is closed: ${name}`, within, async () => {
    const socket = await rawTls(slow.gate, protocol);
    const end = closed(socket.resume());
    if (bytes.length > 0) socket.write(bytes);
    await end;
  });

test("a head that comes byte by byte is given up", within, async () => {
  const socket = await rawTls(slow.gate, "http/1.1");
  let text = "";
  socket.setEncoding("utf8").on("data", (part: string) => (text += part));
  const end = closed(socket);
  socket.write("GET /fast HTTP/1.1\r\n");
  const drip = setInterval(() => socket.write("a"), 200);
  await end;
  clearInterval(drip);
  assert.match(text, /^HTTP\/1\.1 408 /);
});

test("a session that only pings is closed", within, async () => {
  const session = http2Session(slow.gate);
  const pings = setInterval(
    () => !session.destroyed && !session.closed && session.ping(() => undefined),
    200,
  );
  await closed(session);
  clearInterval(pings);
});

test("a connection without a handshake is closed", within, async () => {
  const socket = connect(slow.gate.port, "localhost");
  socket.on("error", () => undefined);
  await closed(socket.resume());
});

test("callers who go away while their bodies wait for a backend end nothing", within, async () => {
  const full = await startSlowGate("timeouts: { stall: 30s }", { connections: 2 });
  try {
    const { gate } = full;
    const session = http2Session(gate);
    for (let count = 0; count < 20; count += 1)
      session
        .request({
          ":path": "/upload",
          ":method": "POST",
          "content-type": "application/octet-stream",
        })
        .on("error", () => undefined)
        .write("{");
    const watched = http2Session(gate);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    session.destroy();
    // On a connection that stood before: it would be lost with its thread.
    const stream = watched.request({ ":path": "/fast" });
    assert.equal(await endOf(stream.resume()), "200");
    assert.ok(!gate.said().includes("has ended"), gate.said());
    watched.destroy();
  } finally {
    full.close();
  }
});
