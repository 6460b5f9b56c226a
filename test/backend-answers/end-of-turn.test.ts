import assert from "node:assert/strict";
import type { Socket } from "node:net";
import { after, test } from "node:test";
import { type Came, askRaw, openConnections, startRawServer } from "./raw-server.ts";

/**
 * Requests leave at the end of the turn. What a backend does to an idle connection in between is
 * seen here by the order of the loop: timers, what can be read, and then what leaves.
 */
const ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const opened: { close(): unknown }[] = [];
after(() => {
  for (const one of opened) one.close();
});

/** Asks twice; in the turn of the second time, `meanwhile` is done to the connection of the first. */
async function askedAgain(
  meanwhile: (socket: Socket) => void,
  method: string,
): Promise<{ readonly came: Came; readonly opened: number; readonly heads: readonly string[] }> {
  const sockets: Socket[] = [];
  const heads: string[] = [];
  const server = await startRawServer((socket, head) => {
    sockets.push(socket);
    heads.push(head);
    socket.write(ok);
  });
  const connections = openConnections(server.url);
  opened.push(server);
  await askRaw(connections);
  await new Promise((resolve) => setTimeout(resolve, 5));
  const came = await new Promise<Came>((resolve) => {
    setTimeout(() => {
      meanwhile(sockets[0] as Socket);
      void askRaw(connections, { method }).then(resolve);
    }, 0);
  });
  const count = server.opened();
  await connections.close();
  return { came, opened: count, heads };
}

for (const [words, meanwhile] of [
  ["ends", (socket: Socket) => void socket.end()],
  ["is reset", (socket: Socket) => void socket.resetAndDestroy()],
  [
    "brings an answer that nobody has asked for",
    (socket: Socket) => void socket.write(ok.replace("ok", "no")),
  ],
] as const)
  test(`a request whose connection ${words} before it has left goes over another, whatever its method`, async () => {
    for (const method of ["GET", "POST"]) {
      const { came, heads, opened: count } = await askedAgain(meanwhile, method);
      assert.equal(came.failed, undefined, method);
      assert.equal(came.body, "ok", method);
      assert.equal(count, 2, method);
      assert.equal(heads.length, 2, method);
    }
  });

test("a request that is taken back before it has left is not sent, and its connection is not used again", async () => {
  const heads: string[] = [];
  const server = await startRawServer((socket, head) => {
    heads.push(head);
    socket.write(ok);
  });
  opened.push(server);
  const connections = openConnections(server.url);
  await askRaw(connections);
  const receiver = {
    onSent: () => undefined,
    onAllSent: () => assert.fail("it was sent"),
    onHead: () => assert.fail("it was answered"),
    onData: () => undefined,
    onEnd: () => undefined,
    onFailure: () => assert.fail("it failed"),
  };
  const request = { method: "GET", target: "/no", headers: [], body: null, repeatable: true };
  connections.begin(request, 1000, receiver).abort();
  assert.equal((await askRaw(connections)).body, "ok");
  assert.ok(heads.every((head) => !head.includes("/no")));
  await connections.close();
});
