import assert from "node:assert/strict";
import type { Settings } from "node:http2";
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

async function serve(answer: AnswerStream, settings?: Settings): Promise<StreamServer> {
  const server = await startStreamServer(answer, settings);
  opened.push(server);
  return server;
}

const ok: AnswerStream = (stream) => {
  stream.respond({ ":status": 200 });
  stream.end("ok");
};

test("no more streams are open than a backend allows", async () => {
  let most = 0;
  let underway = 0;
  const server = await serve(
    (stream, headers, before) => {
      underway += 1;
      most = Math.max(most, underway);
      setTimeout(() => {
        underway -= 1;
        ok(stream, headers, before);
      }, 2);
    },
    { maxConcurrentStreams: 3 },
  );
  const sessions = openSessions(server.url);
  await askStream(sessions);
  const came = await Promise.all(Array.from({ length: 30 }, () => askStream(sessions)));
  assert.ok(came.every(({ body }) => body === "ok"));
  assert.ok(most <= 3, `${most} at once`);
  assert.equal(server.sessions.length, 1);
  await sessions.close();
});

test("a backend that opens no window makes the caller wait, and gets every byte when it does", async () => {
  const chunk = Buffer.alloc(16_384, 7);
  let received = 0;
  let open: (() => void) | undefined;
  const server = await serve((stream, headers, before) => {
    open = () => {
      stream.on("data", (bytes: Buffer) => (received += bytes.length));
      stream.on("end", () => ok(stream, headers, before));
    };
  });
  const sessions = openSessions(server.url);
  const body = new PassThrough();
  const came = askStream(sessions, { method: "POST", body, repeatable: false });
  for (let count = 0; count < 64; count += 1) body.write(chunk);
  body.end();
  await until(() => open !== undefined);
  // Whatever would go on without a window would have gone on by then.
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.ok(body.readableLength > 400_000, `${body.readableLength} bytes wait with the caller`);
  open?.();
  assert.equal((await came).body, "ok");
  assert.equal(received, 64 * chunk.length);
  await sessions.close();
});

test("an answer that nobody reads is held back, and does not hold up another of the session", async () => {
  const large = Buffer.alloc(1_000_000, 7);
  let written = 0;
  const server = await serve((stream, headers) => {
    stream.respond({ ":status": 200 });
    if (headers[":path"] === "/x") stream.end(large);
    else
      Readable.from(Array.from({ length: 100 }, () => large.subarray(0, 10_000)))
        .on("data", () => (written += 10_000))
        .pipe(stream);
  });
  const sessions = openSessions(server.url);
  await askStream(sessions);
  let goOn = (): void => undefined;
  const slow = askStream(sessions, { target: "/slow" }, (attempt) => {
    attempt.pause();
    goOn = () => attempt.resume();
  });
  for (let count = 0; count < 3; count += 1)
    assert.equal((await askStream(sessions)).body.length, large.length);
  assert.ok(written < 500_000, `${written} bytes were taken of an answer that nobody reads`);
  goOn();
  assert.equal((await slow).body.length, large.length);
  await sessions.close();
});
