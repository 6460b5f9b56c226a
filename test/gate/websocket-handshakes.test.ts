import assert from "node:assert/strict";
import { once } from "node:events";
import { after, test } from "node:test";
import { acceptOf, type SocketGate, startSocketGate } from "./socket-gate.ts";

const key = "AAAAAAAAAAAAAAAAAAAAAA==";
const accept = `Sec-WebSocket-Accept: ${acceptOf(key)}`;
let answers: readonly string[] = [];
const gate: SocketGate = await startSocketGate({
  answers: () => answers,
  policy: 'operations: [{ match: "*", websocket: { most: 1000 } }]\n',
});
after(() => gate.close());

test("extensions are not asked of the backend, so that no message is packed", async () => {
  const socket = await gate.open("/live", { perMessageDeflate: true });
  assert.equal(socket.extensions, "");
  assert.equal(gate.asked.at(-1)?.headers["sec-websocket-extensions"], undefined);
  socket.terminate();
});

test("a sub-protocol is one of those that were asked for", async () => {
  const socket = await gate.open("/live", {}, ["chat.v2", "chat.v1"]);
  assert.equal(socket.protocol, "chat.v2");
  assert.equal(gate.asked.at(-1)?.headers["sec-websocket-protocol"], "chat.v2, chat.v1");
  socket.terminate();
});

/** Answers of a backend that has not agreed to what it was asked. */
const disagreeing: readonly (readonly [what: string, answers: readonly string[]])[] = [
  ["without Sec-WebSocket-Accept", []],
  ["with the accept of another key", [`Sec-WebSocket-Accept: ${acceptOf("b")}`]],
  ["with two accepts", [accept, accept]],
  ["with an extension", [accept, "Sec-WebSocket-Extensions: permessage-deflate"]],
  ["with a sub-protocol that nobody asked for", [accept, "Sec-WebSocket-Protocol: other"]],
  ["with two sub-protocols", [accept, "Sec-WebSocket-Protocol: chat, chat"]],
];
for (const [what, given] of disagreeing)
  test(`a 101 ${what} is answered 502, and no byte follows it`, async () => {
    answers = given;
    const { head, socket } = await gate.openBare("/bare", ["Sec-WebSocket-Protocol: chat"]);
    assert.match(head, /^HTTP\/1.1 502 /);
    assert.equal(gate.records.at(-1)?.code, "upstream-malformed");
    await once(socket, "close");
  });

test("the gate's 101 says what was agreed and the backend's other fields, each once", async () => {
  answers = [accept, "Sec-WebSocket-Protocol: chat", "X-Shown: 1", "Server: secret/1.0"];
  const { head, socket } = await gate.openBare("/bare", ["Sec-WebSocket-Protocol: chat"]);
  assert.deepEqual(head.trim().split("\r\n").sort(), [
    "Connection: Upgrade",
    "HTTP/1.1 101 Switching Protocols",
    accept,
    "Sec-WebSocket-Protocol: chat",
    "Upgrade: websocket",
    "X-Shown: 1",
  ]);
  socket.destroy();
});

for (const fields of [
  ["Sec-WebSocket-Protocol: a, a"],
  ["Sec-WebSocket-Protocol: a", "Sec-WebSocket-Protocol: a"],
  ["Sec-WebSocket-Protocol: a b"],
  ["Sec-WebSocket-Protocol: ,"],
  [`Sec-WebSocket-Key: ${key}`],
])
  test(`a handshake with ${fields.join(" and ")} does not reach the backend`, async () => {
    const before = gate.asked.length;
    const { head, socket } = await gate.openBare("/live", fields);
    assert.match(head, /^HTTP\/1.1 400 /);
    assert.equal(gate.asked.length, before);
    socket.destroy();
  });

test("a WebSocket leaves a record when it is opened and one when it is over, without a word of it", async () => {
  const socket = await gate.open("/live");
  const [opened] = gate.records.slice(-1);
  assert.equal(opened?.status, 101);
  assert.deepEqual(opened?.webSocket, { state: "opened" });
  for (const said of ["private", "words"]) {
    socket.send(said);
    await once(socket, "message");
  }
  socket.close(4001, "private reason");
  await once(socket, "close");
  const [over] = gate.records.slice(-1);
  assert.equal(over?.traceId, opened?.traceId);
  assert.deepEqual(over?.webSocket, {
    state: "closed",
    closeCode: 4001,
    closedBy: "caller",
    messagesIn: 2,
    bytesIn: 2 * 6 + "privatewords".length + 6 + 2 + "private reason".length,
    messagesOut: 2,
    bytesOut: 2 * 2 + "privatewords".length + 2 + 2 + "private reason".length,
    observed: 0,
  });
  assert.ok(!JSON.stringify(gate.records).includes("private"));
});
