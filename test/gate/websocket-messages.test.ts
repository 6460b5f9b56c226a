import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import type { WebSocket } from "ws";
import { readOpenApi } from "../../packages/guard/src/document/read-openapi.ts";
import { type SocketGate, startSocketGate } from "./socket-gate.ts";

const gates: SocketGate[] = [];
after(() => Promise.all(gates.map((gate) => gate.close())));
async function start(...given: Parameters<typeof startSocketGate>): Promise<SocketGate> {
  const gate = await startSocketGate(...given);
  gates.push(gate);
  return gate;
}

const closed = async (socket: WebSocket): Promise<string> => {
  const [code, reason] = (await once(socket, "close", {
    signal: AbortSignal.timeout(20_000),
  })) as [number, Buffer];
  return `${code} ${reason.toString()}`;
};

/** What a caller may not send where the document describes its messages, and why. */
const unfit: readonly (readonly [what: string, message: string | Buffer, binary?: boolean])[] = [
  ["no JSON", "hello"],
  ["JSON of another shape", '{"text":7}'],
  ["a required member that is missing", "{}"],
  ["a text that is too long", `{"text":"${"x".repeat(21)}"}`],
  ["a member that is not declared", '{"text":"a","admin":true}'],
  ["a member that stands twice", '{"text":"a","text":"b"}'],
  ["a byte order mark", '\ufeff{"text":"a"}'],
  ["a binary message with the same bytes", Buffer.from('{"text":"a"}'), true],
];

for (const [what, sent, binary = false] of unfit) {
  test(`a message that is described is refused where it is ${what}`, async () => {
    let reached = 0;
    const gate = await start({ onSocket: (one) => one.on("message", () => (reached += 1)) });
    const socket = await gate.open("/said");
    socket.send(sent, { binary });
    assert.equal(await closed(socket), "1008 message-invalid");
    assert.equal(reached, 0);
    assert.equal(gate.records.at(-1)?.code, "message-invalid");
  });
  test(`${what} passes where it is only observed, and is recorded`, async () => {
    const gate = await start({ policy: "mode: observe\n" });
    const socket = await gate.open("/said");
    socket.send(sent, { binary });
    const [data] = (await once(socket, "message")) as [Buffer];
    assert.ok(data.equals(Buffer.from(sent as string)));
    socket.close();
    await once(socket, "close");
    const [, record] = gate.records;
    assert.ok(record?.decisions.some(({ code }) => code === "message-invalid"));
    assert.ok(!JSON.stringify(record).includes('admin":true'));
  });
}

test("a message that fits reaches the other end, and is written as it was", async () => {
  const gate = await start({
    onSocket: (one) => one.on("message", () => one.send('{ "count": 12345678901234567890 }')),
  });
  const socket = await gate.open("/said");
  socket.send('{ "text": "a" }');
  const [data] = (await once(socket, "message")) as [Buffer];
  assert.equal(data.toString(), '{ "count": 12345678901234567890 }');
  socket.terminate();
});

test("a message of the backend that does not fit ends the WebSocket only where that is named", async () => {
  for (const [policy, outcome] of [
    ["mode: { default: enforce, response: enforce }\n", "1011 response-message-invalid"],
    ["mode: enforce\n", "1000 "],
  ] as const) {
    const gate = await start({
      policy,
      onSocket: (one) =>
        one.on("message", () => {
          one.send('{"count":"many"}');
          one.close(1000);
        }),
    });
    const socket = await gate.open("/said");
    socket.send('{"text":"a"}');
    assert.equal(await closed(socket), outcome);
    assert.ok(
      gate.records.at(-1)?.decisions.some(({ code }) => code === "response-message-invalid"),
    );
  }
});

test("what is too large to be read does not pass its schema where only the size is observed", async () => {
  const gate = await start({
    policy:
      "mode: { default: enforce, websocket: observe }\noperations: [{ match: said, websocket: { maxMessageSize: 20B } }]\n",
  });
  const socket = await gate.open("/said");
  socket.send('{"text":"a","admin":true}');
  assert.equal(await closed(socket), "1008 message-invalid");
});

test("messages are described in one way, at operations that have them; where they cannot be read, the operation is not checked", () => {
  const file = join(mkdtempSync(join(tmpdir(), "portcullis-messages-")), "openapi.yaml");
  const document = (operation: string): string =>
    `openapi: 3.1.0\ninfo: { title: t, version: "1" }\nsecurity: []\npaths: { /x: { get: { ${operation} } } }\n`;
  const ok = 'responses: { "101": { description: x } }';
  for (const [operation, fault] of [
    [`${ok}, x-portcullis-messages: { send: {} }`, /'send' is no direction of messages/],
    [`${ok}, x-portcullis-messages: []`, /is not an object/],
    [`${ok}, x-portcullis-messages: { request: 7 }`, /this is not a schema/],
    [`${ok}, x-portcullis-messages: { request: { type: nonsense } }`, /'type' is not what/],
    [`${ok}, x-portcullis-messages: { request: { $ref: "#/no" } }`, /leads nowhere/],
    [
      'responses: { "200": { description: x } }, x-portcullis-messages: { request: {} }',
      /no answer 101 is declared/,
    ],
  ] as const) {
    writeFileSync(file, document(operation));
    const { document: read, faults } = readOpenApi(file);
    assert.match(faults.map(({ message }) => message).join("\n"), fault);
    assert.ok(faults.every(({ tolerated }) => tolerated));
    const isUnread = !fault.test("no answer 101 is declared");
    assert.deepEqual(read?.operations[0]?.unchecked, isUnread ? ["request"] : undefined, operation);
  }
});
