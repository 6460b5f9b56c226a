import assert from "node:assert/strict";
import { once } from "node:events";
import { constants, type ServerHttp2Stream } from "node:http2";
import { createServer, type Socket } from "node:net";
import type { AddressInfo } from "node:net";
import { PassThrough, Readable } from "node:stream";
import { after, test } from "node:test";
import {
  type AnswerStream,
  askStream,
  openSessions,
  type StreamServer,
  startStreamServer,
  until,
} from "./stream-server.ts";

const opened: { close(): unknown }[] = [];
after(() => {
  for (const one of opened) one.close();
});

async function serve(answer: AnswerStream): Promise<StreamServer> {
  const server = await startStreamServer(answer);
  opened.push(server);
  return server;
}

const ok: AnswerStream = (stream) => {
  stream.respond({ ":status": 200 });
  stream.end("ok");
};

test("requests at the same time share one session, and their heads are those of HTTP/2", async () => {
  const server = await serve(ok);
  const sessions = openSessions(server.url);
  const came = await Promise.all(Array.from({ length: 50 }, () => askStream(sessions)));
  assert.ok(came.every(({ body, failed }) => failed === undefined && body === "ok"));
  assert.equal(server.sessions.length, 1);
  await askStream(sessions, {
    method: "POST",
    target: "/a?b=c",
    headers: [
      "Host",
      "api",
      "X-One",
      " 1 ",
      "x-one",
      "2",
      "Content-Type",
      "application/grpc+proto",
    ],
    body: Buffer.from("hi"),
  });
  assert.deepEqual(server.heads.at(-1), [
    ":method",
    "POST",
    ":scheme",
    "http",
    ":authority",
    "api",
    ":path",
    "/a?b=c",
    "x-one",
    "1",
    "x-one",
    "2",
    "te",
    "trailers",
    "content-type",
    "application/grpc+proto",
  ]);
  await sessions.close();
});

test("a request that would be another is not sent", async () => {
  const server = await serve(ok);
  const sessions = openSessions(server.url);
  for (const request of [
    { method: "GET /y" },
    { method: "" },
    { target: "" },
    { target: "/a b" },
    { target: "/a\r\nX: y" },
    { headers: ["a b", "c"] },
    { headers: [":path", "/y"] },
    { headers: ["A", "b\r\nC: d"] },
    { headers: ["A", "b\u010aC: d"] },
    { headers: ["Host", "a", "host", "b"] },
    { headers: ["Transfer-Encoding", "chunked"] },
    { headers: ["Connection", "x"] },
    { headers: ["TE", "gzip"] },
    { headers: ["Content-Length", "1"] },
    { headers: ["Content-Length", "2"], body: Buffer.from("a") },
    { headers: ["Content-Length", "+1"], body: Buffer.from("a") },
  ]) {
    const { failed } = await askStream(sessions, request);
    assert.equal(failed, "malformed", JSON.stringify(request));
  }
  assert.equal(server.heads.length, 0);
  await sessions.close();
});

test("fields come in their order and each as often as it was sent, and trailers behind the body", async () => {
  const server = await serve((stream) => {
    stream.additionalHeaders({ ":status": 103, link: "</a>" });
    stream.respond({ ":status": 200, "set-cookie": ["a=1", "b=2"] }, { waitForTrailers: true });
    stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
    stream.end("body");
  });
  const sessions = openSessions(server.url);
  const { body, fields, status, trailers } = await askStream(sessions);
  assert.equal(status, 200);
  assert.deepEqual(
    fields.filter((_, index) => fields[index - (index % 2)] === "set-cookie"),
    ["set-cookie", "a=1", "set-cookie", "b=2"],
  );
  assert.ok(fields.every((one) => !one.startsWith(":")));
  assert.equal(body, "body");
  assert.deepEqual(trailers, ["grpc-status", "0"]);
  await sessions.close();
});

const { NGHTTP2_CANCEL, NGHTTP2_NO_ERROR } = constants;
const begin = (stream: ServerHttp2Stream): void => {
  stream.respond({ ":status": 200 });
  stream.write("half");
};

for (const [name, answer, kind] of [
  [
    "does not speak HTTP/2",
    (socket: Socket) => void socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"),
    "malformed",
  ],
  ["ends every connection", (socket: Socket) => void socket.destroy(), "lost"],
] as const)
  test(`a backend that ${name} is asked once for each request`, async () => {
    let connections = 0;
    const server = createServer((socket) => {
      connections += 1;
      socket.on("error", () => undefined);
      socket.once("data", () => answer(socket));
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    opened.push(server);
    const sessions = openSessions(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    assert.equal((await askStream(sessions)).failed, kind);
    assert.equal(connections, 1);
    await sessions.close();
  });

test("where nobody listens, nothing was sent", async () => {
  const sessions = openSessions("http://127.0.0.1:9");
  const came = await Promise.all([askStream(sessions), askStream(sessions, { method: "POST" })]);
  assert.ok(came.every(({ failed }) => failed === "unsent"));
  await sessions.close();
});

test("what a backend has begun with when it leaves comes to its end, and what is asked next goes to another session", async () => {
  const server = await serve((stream, headers, before) => {
    if (before > 0) {
      ok(stream, headers, before);
      return;
    }
    begin(stream);
    stream.session?.goaway(NGHTTP2_NO_ERROR, stream.id);
    setTimeout(() => stream.end("whole"), 60);
  });
  const sessions = openSessions(server.url);
  const first = askStream(sessions);
  await new Promise((resolve) => setTimeout(resolve, 30));
  assert.equal((await askStream(sessions)).body, "ok");
  assert.equal((await first).body, "halfwhole");
  assert.equal(server.sessions.length, 2);
  await sessions.close();
});

test("a body that is not as long as was said, or breaks off, is taken back", async () => {
  const codes: (number | undefined)[] = [];
  const server = await serve((stream) => {
    stream.resume().on("close", () => codes.push(stream.rstCode));
  });
  const sessions = openSessions(server.url);
  const broken = new PassThrough();
  for (const [length, body] of [
    ["1", Readable.from([Buffer.from("ab")])],
    ["3", Readable.from([Buffer.from("ab")])],
    ["3", broken],
  ] as const) {
    const headers = ["Host", "api", "Content-Length", length];
    const request = { method: "POST", headers, body, repeatable: false };
    const came = await askStream(sessions, request, () => {
      if (body === broken) setTimeout(() => broken.destroy(), 20);
    });
    assert.equal(came.failed, "lost", length);
  }
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.ok(codes.every((code) => code !== NGHTTP2_NO_ERROR));
  assert.equal(server.sessions.length, 1);
  await sessions.close();
});

test("a request that is given up is reset, its session goes on, and closing waits for what is under way", async () => {
  const resets: (number | undefined)[] = [];
  const asked: unknown[] = [];
  const server = await serve((stream, headers, before) => {
    asked.push(headers[":path"]);
    if (headers[":path"] === "/never") stream.on("close", () => resets.push(stream.rstCode));
    else setTimeout(() => ok(stream, headers, before), 30);
  });
  const sessions = openSessions(server.url);
  let giveUp = (): void => undefined;
  void askStream(sessions, { target: "/never" }, (attempt) => (giveUp = () => attempt.abort()));
  await until(() => asked.includes("/never"));
  giveUp();
  await until(() => resets.length > 0);
  assert.deepEqual(resets, [NGHTTP2_CANCEL]);
  const under = askStream(sessions);
  await until(() => asked.includes("/x"));
  const closed = sessions.close();
  assert.equal((await askStream(sessions)).failed, "unsent");
  assert.equal((await under).body, "ok");
  await closed;
  assert.equal(server.sessions.length, 1);
  assert.equal(sessions.size, 0);
});
