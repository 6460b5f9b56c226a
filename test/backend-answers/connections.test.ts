import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { after, test } from "node:test";
import {
  type AnswerRaw,
  askRaw,
  openConnections,
  type RawServer,
  startRawServer,
} from "./raw-server.ts";

const opened: { close(): unknown }[] = [];
after(() => {
  for (const one of opened) one.close();
});

async function serve(answer: AnswerRaw, path?: string): Promise<RawServer> {
  const server = await startRawServer(answer, path);
  opened.push(server);
  return server;
}

const ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/** Until the loop has turned often enough for what is ready to have been read. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

test("one connection serves one request after another", async () => {
  const server = await serve((socket) => socket.write(ok));
  const connections = openConnections(server.url);
  for (let count = 0; count < 50; count += 1) assert.equal((await askRaw(connections)).body, "ok");
  assert.equal(server.opened(), 1);
  await connections.close();
});

test("nothing is sent ahead: no connection has more than one request, and no more are opened than may be", async () => {
  let most = 0;
  let underway = 0;
  const server = await serve((socket, head) => {
    assert.equal(head.split("HTTP/1.1\r\n").length, 2, "two requests at once");
    underway += 1;
    most = Math.max(most, underway);
    setImmediate(() => {
      underway -= 1;
      socket.write(ok);
    });
  });
  const connections = openConnections(server.url, 3);
  const came = await Promise.all(Array.from({ length: 100 }, () => askRaw(connections)));
  assert.ok(came.every(({ body, failed }) => failed === undefined && body === "ok"));
  assert.ok(most <= 3, `${most} at once`);
  assert.equal(server.opened(), 3);
  await connections.close();
});

test("head and small body leave by one write, whatever their bytes", async () => {
  const body = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
  const seen: string[] = [];
  const server = await serve((socket, head) => {
    seen.push(head);
    socket.write(ok);
  });
  const connections = openConnections(server.url);
  await askRaw(connections, { method: "POST", body, headers: ["Host", "api", "A", "b"] });
  assert.deepEqual(seen, [
    `POST /x HTTP/1.1\r\nHost: api\r\nA: b\r\nContent-Length: 256\r\n\r\n${body.toString("latin1")}`,
  ]);
  await connections.close();
});

test("a request that would be two is not sent", async () => {
  const server = await serve((socket) => socket.write(ok));
  const connections = openConnections(server.url);
  const length = "Content-Length";
  for (const request of [
    { target: "/x HTTP/1.1\r\nHost: evil\r\n\r\nGET /" },
    { target: "/a b" },
    { target: "" },
    { method: "GET /" },
    { headers: ["A", "b\r\nC: d"] },
    { headers: ["A", "b\nC: d"] },
    { headers: ["A", "b\0"] },
    // Written as latin1, U+010A would be a line feed.
    { headers: ["A", "b\u010aC: d"] },
    { target: "/\u0120HTTP" },
    { headers: ["A\r\nB", "c"] },
    { headers: ["A:", "c"] },
    { headers: ["", "c"] },
    { headers: ["Host", "a", "host", "b"] },
    { headers: ["Transfer-Encoding", "chunked"] },
    { headers: ["Connection", "close"] },
    { headers: ["Upgrade", "h2c"] },
    { headers: [length, "2"] },
    { headers: [length, "2", length, "2"], body: Buffer.from("ok") },
    { headers: [length, "3"], body: Buffer.from("ok") },
    { headers: [length, "+2"], body: Buffer.from("ok") },
  ]) {
    const came = await askRaw(connections, request);
    assert.equal(came.failed, "malformed", JSON.stringify(request));
  }
  assert.equal(server.opened(), 0);
  await connections.close();
});

test("a stream is sent in chunks or by its length, and one that is longer or shorter ends the connection", async () => {
  const bodies: string[] = [];
  const server = await serve((socket, head) => {
    let seen = head;
    const look = (): void => {
      if (!/\r\n0\r\n\r\n$|hello$/.test(seen)) return;
      bodies.push(seen.slice(seen.indexOf("\r\n\r\n") + 4));
      socket.write(ok);
    };
    socket.removeAllListeners("data").on("data", (bytes) => {
      seen += bytes.toString("latin1");
      look();
    });
    look();
  });
  const stream = (): Readable => Readable.from([Buffer.from("he"), Buffer.from("llo")]);
  const headers = (length: number): string[] => ["Host", "api", "Content-Length", String(length)];
  const send = async (length: number | undefined): Promise<string> => {
    const connections = openConnections(server.url);
    const came = await askRaw(connections, {
      method: "POST",
      repeatable: false,
      body: stream(),
      ...(length === undefined ? {} : { headers: headers(length) }),
    });
    await connections.close();
    return came.failed ?? came.body;
  };
  assert.equal(await send(undefined), "ok");
  assert.equal(await send(5), "ok");
  assert.deepEqual(bodies, ["2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n", "hello"]);
  assert.equal(await send(4), "lost");
  assert.equal(await send(6), "lost");
});

test("an answer before the body was sent is told, and its connection is not used again", async () => {
  const server = await serve((socket) => socket.write(ok.replace("200 OK", "413 Large")));
  const connections = openConnections(server.url, 1);
  const body = new PassThrough();
  body.write("some");
  const came = await askRaw(connections, { method: "POST", repeatable: false, body });
  assert.deepEqual([came.failed, came.status], [undefined, 413]);
  assert.equal((await askRaw(connections)).status, 413);
  assert.equal(server.opened(), 2);
  // The caller goes on sending, and nobody waits for it.
  assert.equal(body.write(Buffer.alloc(100_000)), false);
  await new Promise((resolve) => body.once("drain", resolve));
  await connections.close();
});

test("an abort ends the connection, nothing more is told, and another request goes its own way", async () => {
  let told = 0;
  const server = await serve((socket, head) => {
    if (head.startsWith("GET /held"))
      socket.write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok");
    else socket.write(ok);
  });
  const connections = openConnections(server.url, 1);
  const closed = new Promise<void>((resolve) => {
    void askRaw(connections, { target: "/held" }, (attempt) => {
      setTimeout(() => {
        attempt.abort();
        resolve();
      }, 20);
    }).then(() => (told += 1));
  });
  await closed;
  assert.equal((await askRaw(connections)).body, "ok");
  await turns();
  assert.equal(told, 0);
  assert.equal(server.opened(), 2);
  await connections.close();
});

test("a backend that stops sending within head or body is given up in time, and told apart from one that is not there", async () => {
  const server = await serve((socket, head) => {
    if (head.startsWith("GET /head")) socket.write("HTTP/1.1 200 OK\r\nA: b");
    else if (head.startsWith("GET /interim")) socket.write("HTTP/1.1 100 Continue\r\n\r\n");
    else if (head.startsWith("GET /body"))
      socket.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nok");
  });
  const connections = openConnections(server.url);
  for (const target of ["/none", "/head", "/interim", "/body"])
    assert.equal((await askRaw(connections, { target }, undefined, 100)).failed, "timeout", target);
  await connections.close();
  const nobody = openConnections("http://127.0.0.1:1");
  assert.equal((await askRaw(nobody)).failed, "unsent");
  await nobody.close();
  const path = openConnections("unix:/nowhere/at.sock");
  assert.equal((await askRaw(path)).failed, "unsent");
  await path.close();
});

test("bytes that nobody asked for end an idle connection before a request is sent on it", async () => {
  const server = await serve((socket, head) => {
    socket.write(ok);
    if (head.startsWith("GET /more"))
      setTimeout(() => socket.write(ok.replace("ok", "no").replace("ok", "no")), 10);
  });
  const connections = openConnections(server.url, 1);
  await askRaw(connections, { target: "/more" });
  while (connections.size > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal((await askRaw(connections)).body, "ok");
  assert.equal(server.opened(), 2);
  await connections.close();
});

test("a connection is not kept as long as its backend would keep it", async () => {
  const server = await serve((socket) =>
    socket.write(ok.replace("\r\n\r\n", "\r\nKeep-Alive: timeout=1\r\n\r\n")),
  );
  const connections = openConnections(server.url);
  await askRaw(connections);
  await turns();
  assert.equal(connections.size, 0);
  await connections.close();
});

test("a backend on a socket of this machine is asked like any other", async () => {
  const path = join(mkdtempSync(join(tmpdir(), "portcullis-backend-")), "backend.sock");
  let host: string | undefined;
  const server = await serve((socket, head) => {
    host = /\r\nHost: (.*)\r\n/.exec(head)?.[1];
    socket.write(ok);
  }, path);
  const connections = openConnections(server.url);
  assert.equal((await askRaw(connections, { headers: [] })).body, "ok");
  assert.equal(host, "localhost");
  await connections.close();
});
