import assert from "node:assert/strict";
import { once } from "node:events";
import { after, test } from "node:test";
import type { WebSocket } from "ws";
import { frame } from "./frames.ts";
import { bearer, identity, type SocketGate, startSocketGate, tokenFor } from "./socket-gate.ts";

const gates: SocketGate[] = [];
after(() => Promise.all(gates.map((gate) => gate.close())));
async function start(...given: Parameters<typeof startSocketGate>): Promise<SocketGate> {
  const gate = await startSocketGate(...given);
  gates.push(gate);
  return gate;
}

/** Code and reason by which a connection is closed. */
const closed = async (socket: WebSocket): Promise<string> => {
  const [code, reason] = (await once(socket, "close", {
    signal: AbortSignal.timeout(20_000),
  })) as [number, Buffer];
  return `${code} ${reason.toString()}`;
};
const bounds = (text: string): string =>
  `operations: [{ match: "*", websocket: { ${text} } }]\nlimits: { admission: off }\n`;
const message = async (socket: WebSocket): Promise<Buffer> =>
  ((await once(socket, "message", { signal: AbortSignal.timeout(20_000) })) as [Buffer])[0];

test("a frame that declares more than a message may hold is refused before its bytes are read", async () => {
  let arrived = 0;
  const gate = await start({
    onBare: (socket) => socket.on("data", (chunk: Buffer) => (arrived += chunk.length)),
  });
  const { rest, socket } = await gate.openBare("/bare");
  socket.write(frame({ opcode: 2, declared: 256 * 1_048_576 }));
  assert.equal((await rest).readUInt16BE(2), 1009);
  assert.ok(arrived < 100, `${arrived} bytes reached the backend`);
});

test("a message is bounded by all its fragments together, by their number, and either way", async () => {
  const gate = await start({
    policy: bounds("maxMessageSize: 1000B"),
    onBare: (socket) =>
      socket.on("data", () => socket.write(frame({ masked: false, payload: "m".repeat(1001) }))),
  });
  const most = await gate.open("/live");
  most.send("m".repeat(1000));
  assert.equal((await message(most)).length, 1000);
  most.send("m".repeat(1001));
  assert.equal(await closed(most), "1009 message-too-large");
  const fragments = await gate.open("/live");
  for (let count = 0; count < 11; count += 1) fragments.send("m".repeat(100), { fin: false });
  assert.equal(await closed(fragments), "1009 message-too-large");
  const small = await gate.open("/live");
  for (let count = 0; count < 1100; count += 1) small.send("", { fin: false });
  assert.equal(await closed(small), "1009 message-too-large");
  const { rest, socket } = await gate.openBare("/bare");
  socket.write(frame({ payload: "give" }));
  assert.equal((await rest).readUInt16BE(2), 1011);
});

test("a message that is too large and only observed passes as it is, and is recorded once", async () => {
  const gate = await start({ policy: `mode: observe\n${bounds("maxMessageSize: 1000B")}` });
  const socket = await gate.open("/live");
  const large = Buffer.alloc(300_000, "\u20ac");
  for (const binary of [true, false]) {
    socket.send(large, { binary });
    assert.ok((await message(socket)).equals(large));
  }
  for (const fin of [false, false, true]) socket.send("x".repeat(900), { fin });
  assert.equal((await message(socket)).length, 2700);
  socket.send("small");
  assert.equal((await message(socket)).toString(), "small");
  socket.close(1000);
  await once(socket, "close");
  const [, record] = gate.records;
  assert.deepEqual(
    record?.decisions.map(({ code, mode }) => [code, mode]),
    [["message-too-large", "observe"]],
  );
  assert.equal(record?.webSocket?.state === "closed" && record.webSocket.observed, 6);
  const broken = await gate.open("/live");
  broken.send(Buffer.concat([large, Buffer.from([0xff])]), { binary: false });
  assert.equal(await closed(broken), "1007 message-not-text");
});

test("messages and pings of a caller are counted together, and the backend's are not", async () => {
  const gate = await start({ policy: bounds("messages: 5/min") });
  for (const ping of [false, true]) {
    const socket = await gate.open("/live");
    for (let count = 0; count < 5; count += 1) socket.send(String(count));
    if (ping) socket.ping();
    else socket.send("one more");
    assert.equal(await closed(socket), "1008 too-many-messages");
  }
  const eager = await start({
    policy: bounds("messages: 5/min"),
    onSocket: (socket) =>
      socket.once("message", () => {
        for (let count = 0; count < 50; count += 1) socket.send(String(count));
        socket.close(1000);
      }),
  });
  let got = 0;
  const listener = await eager.open("/live");
  listener.on("message", () => (got += 1));
  listener.send("begin");
  assert.equal(await closed(listener), "1000 ");
  assert.equal(got, 50);
});

test("a WebSocket on which nothing moves is closed, and one on which something does is not", async () => {
  const gate = await start({ policy: bounds("idle: 1s") });
  const silent = closed(await gate.open("/live"));
  const talking = await gate.open("/live");
  const pings = setInterval(() => talking.ping(), 200);
  assert.equal(await silent, "1001 websocket-idle");
  assert.equal(talking.readyState, talking.OPEN);
  clearInterval(pings);
  talking.terminate();
});

test("no WebSocket outlives its life, whatever is said on it", async () => {
  const gate = await start({ policy: bounds("life: 1s") });
  const socket = await gate.open("/live");
  const pings = setInterval(() => socket.ping(), 100);
  assert.equal(await closed(socket), "1001 websocket-over");
  clearInterval(pings);
});

test("an expired token ends its WebSocket, with its code as the reason", async () => {
  const gate = await start({ policy: identity });
  const socket = await gate.open("/mine", bearer(tokenFor("ann", 3)));
  assert.equal(await closed(socket), "1008 token-expired");
  assert.equal(gate.records.at(-1)?.code, "token-expired");
});

test("a revocation ends the WebSockets of what it revokes, and no others", async () => {
  const gate = await start({ policy: identity });
  const ann = await gate.open("/mine", bearer(tokenFor("ann", 600, { sid: "s-1" })));
  const same = await gate.open("/mine", bearer(tokenFor("ann", 600, { sid: "s-2" })));
  gate.revocations.add([
    {
      kind: "session",
      value: "s-1",
      beforeSeconds: undefined,
      leastVersion: undefined,
      expiresAtSeconds: Number.MAX_SAFE_INTEGER,
    },
  ]);
  assert.equal(await closed(ann), "1008 token-revoked");
  same.send("still here");
  assert.equal((await message(same)).toString(), "still here");
});

test("an expired token that is only observed ends nothing, and is recorded once", async () => {
  const gate = await start({ policy: `mode: observe\n${identity}` });
  const socket = await gate.open("/mine", bearer(tokenFor("ann", 3)));
  await new Promise((resolve) => setTimeout(resolve, 4500));
  socket.close(1000);
  await once(socket, "close");
  assert.deepEqual(
    gate.records[1]?.decisions.map(({ code }) => code),
    ["token-expired"],
  );
});

test("one caller holds so many WebSockets and no more, and may open another when one has closed", async () => {
  const gate = await start({ policy: identity });
  const ann = bearer(tokenFor("ann"));
  const opened: WebSocket[] = [];
  for (let count = 0; count < 8; count += 1) opened.push(await gate.open("/mine", ann));
  await assert.rejects(gate.open("/mine", ann), /429/);
  assert.equal(gate.records.at(-1)?.code, "too-many-websockets");
  await gate.open("/mine", bearer(tokenFor("ben")));
  opened[0]?.close();
  await once(opened[0] as WebSocket, "close");
  await gate.open("/mine", ann);
  await assert.rejects(gate.open("/mine", ann), /429/);
});

test("whoever is not signed in counts as its network, and a refused handshake holds no seat", async () => {
  const gate = await start({
    policy: bounds("most: 2"),
    answers: () => ["Sec-WebSocket-Accept: no"],
  });
  for (let count = 0; count < 5; count += 1) await assert.rejects(gate.open("/bare"), /502/);
  await gate.open("/live");
  await gate.open("/live");
  await assert.rejects(gate.open("/live"), /429/);
});

test("when the gate stops, both ends are told to go", async () => {
  let told: Promise<string> | undefined;
  const gate = await start({ onSocket: (socket) => void (told = closed(socket)) });
  const socket = await gate.open("/live");
  const caller = closed(socket);
  gate.gate.goAway();
  assert.equal(await caller, "1001 draining");
  assert.equal(await told, "1001 draining");
});
