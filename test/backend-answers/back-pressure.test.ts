import assert from "node:assert/strict";
import type { Socket } from "node:net";
import { Readable } from "node:stream";
import { after, test } from "node:test";
import type { Attempt } from "../../packages/server/src/upstream/transport.ts";
import { openConnections, plainRequest, type RawServer, startRawServer } from "./raw-server.ts";

const servers: RawServer[] = [];
after(() => {
  for (const server of servers) server.close();
});

const whole = 64 * 1_048_576;

test("an answer that nobody takes stays with its backend, and comes whole when it is taken", async () => {
  const server = await startRawServer((socket) => {
    socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${whole}\r\n\r\n`);
    socket.end(Buffer.alloc(whole));
  });
  servers.push(server);
  const connections = openConnections(server.url, 1);
  let bytes = 0;
  let whilePaused = 0;
  let isPaused = false;
  let attempt: Attempt | undefined;
  const went = await new Promise<string>((resolve) => {
    attempt = connections.begin(plainRequest, 5000, {
      onSent: () => undefined,
      onAllSent: () => undefined,
      onHead: () => undefined,
      onData(chunk) {
        bytes += chunk.length;
        if (isPaused) whilePaused += chunk.length;
        if (isPaused || bytes % 5 > 0) return;
        isPaused = true;
        attempt?.pause();
        setTimeout(() => {
          isPaused = false;
          attempt?.resume();
        }, 5);
      },
      onEnd: () => resolve("whole"),
      onFailure: ({ detail }) => resolve(detail),
    });
  });
  assert.equal(went, "whole");
  assert.equal(bytes, whole);
  assert.equal(whilePaused, 0);
  await connections.close();
});

test("a body that its backend does not take stays with its caller, and goes whole when it is taken", async () => {
  let taken = 0;
  const reached = Promise.withResolvers<Socket>();
  const server = await startRawServer((socket) => {
    socket.removeAllListeners("data").pause();
    reached.resolve(socket);
  });
  servers.push(server);
  const connections = openConnections(server.url, 1);
  let given = 0;
  const piece = Buffer.alloc(65_536);
  const body = new Readable({
    read() {
      given += piece.length;
      this.push(given > whole ? null : piece);
    },
  });
  const went = new Promise<string>((resolve) => {
    connections.begin({ ...plainRequest, method: "POST", body, repeatable: false }, 20_000, {
      onSent: () => undefined,
      onAllSent: () => undefined,
      onHead: (status) => resolve(String(status)),
      onData: () => undefined,
      onEnd: () => undefined,
      onFailure: ({ detail }) => resolve(detail),
    });
  });
  const backend = await reached.promise;
  while (!body.isPaused()) await new Promise((resolve) => setTimeout(resolve, 5));
  const held = given;
  assert.ok(held < whole / 2, `${held} bytes were taken from the caller`);
  let end = "";
  backend.on("data", (bytes) => {
    taken += bytes.length;
    end = `${end}${bytes.toString("latin1", Math.max(0, bytes.length - 5))}`.slice(-5);
    if (end === "0\r\n\r\n") backend.write("HTTP/1.1 204 None\r\n\r\n");
  });
  backend.resume();
  assert.equal(await went, "204");
  // The first read, with the head, was the server's own.
  assert.ok(taken >= whole - 65_536, `${taken} bytes came`);
  await connections.close();
});
