import assert from "node:assert/strict";
import { test } from "node:test";
import { leavesStateSound } from "./sound-faults.ts";
import { ThreadEnds } from "./thread-ends.ts";

test("the first thread that ends is replaced at once, each further one later, and the third within a minute is told", () => {
  const ends = new ThreadEnds();
  assert.deepEqual(
    [0, 1000, 2000, 3000].map((at) => ends.note(at)),
    [
      { delayMs: 0, isTooMany: false },
      { delayMs: 500, isTooMany: false },
      { delayMs: 1000, isTooMany: true },
      { delayMs: 2000, isTooMany: false },
    ],
  );
  for (let count = 0; count < 20; count += 1)
    assert.ok(ends.note(3000 + count).delayMs <= 30_000, "it never waits for ever");
  assert.equal(ends.count, 24);
});

test("ends that are further apart than a minute are accidents", () => {
  const ends = new ThreadEnds();
  for (let at = 0; at < 600_000; at += 31_000)
    assert.equal(ends.note(at).isTooMany, false, String(at));
});

const withCode = (code: string): Error => Object.assign(new Error("it failed"), { code });

const faults: readonly (readonly [what: string, fault: unknown, isSound: boolean])[] = [
  ["a connection that was reset", withCode("ECONNRESET"), true],
  ["a pipe that nobody reads", withCode("EPIPE"), true],
  ["an HTTP/2 session", withCode("ERR_HTTP2_SESSION_ERROR"), true],
  ["headers that were sent", withCode("ERR_HTTP_HEADERS_SENT"), true],
  ["a stream that has ended", withCode("ERR_STREAM_WRITE_AFTER_END"), true],
  ["what a caller's TLS says", withCode("ERR_SSL_WRONG_VERSION_NUMBER"), true],
  ["a head that is no HTTP", withCode("HPE_INVALID_METHOD"), true],
  ["a backend's connection", withCode("UND_ERR_SOCKET"), true],
  ["a fault of the program", new TypeError("x is not a function"), false],
  ["a value of the wrong kind", withCode("ERR_INVALID_ARG_TYPE"), false],
  ["an assertion", withCode("ERR_ASSERTION"), false],
  ["an error that nobody listens to", withCode("ERR_UNHANDLED_ERROR"), false],
  ["what is no error", "a text", false],
  ["nothing", undefined, false],
];

for (const [what, fault, isSound] of faults)
  test(`after ${what}, a thread ${isSound ? "goes on" : "ends"}`, () => {
    assert.equal(leavesStateSound(fault), isSound);
  });
