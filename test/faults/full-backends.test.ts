import assert from "node:assert/strict";
import { Readable } from "node:stream";
import type { AnswerReceiver } from "@portcullis/guard/upstream";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, test } from "node:test";
import {
  createUpstream,
  type PooledUpstream,
  upstreamDefaults,
} from "../../packages/server/src/upstream/upstream-pool.ts";
import { ask, faultyBackend } from "./backends.ts";

const opened: { close(): unknown }[] = [];
after(() => {
  for (const one of opened) one.close();
});

test("the queue before a full backend is bounded, and what waits too long is told so", async () => {
  const backend = await faultyBackend();
  const upstream = createUpstream({
    ...upstreamDefaults,
    targets: [backend.url],
    connections: 4,
    queue: 8,
    queueTimeoutMs: 100,
  });
  opened.push(backend, upstream);
  const held: (() => void)[] = [];
  backend.failBy((_request, response) => void held.push(() => response.end("late")));
  const asked = Array.from({ length: 40 }, (_, index) => ask(upstream, { caller: `c${index}` }));
  const refused = await Promise.all(asked.slice(4));
  assert.deepEqual(new Set(refused), new Set(["capacity-exceeded"]));
  // A connection that is still being made when the last one is refused asks a moment later.
  while (backend.asked() < 4) await new Promise((resolve) => setTimeout(resolve, 5));
  for (const release of held) release();
  assert.deepEqual(await Promise.all(asked.slice(0, 4)), ["200", "200", "200", "200"]);
  assert.equal(backend.asked(), 4);
  backend.failBy(undefined);
  assert.equal(await ask(upstream), "200", "back to normal at once");
});

test("one caller with many requests does not keep others from a full backend", async () => {
  const backend = await faultyBackend();
  const upstream = createUpstream({
    ...upstreamDefaults,
    targets: [backend.url],
    connections: 4,
    queue: 64,
    queueTimeoutMs: 60_000,
  });
  opened.push(backend, upstream);
  const held: (() => void)[] = [];
  backend.failBy((_request, response) => void held.push(() => response.end("ok")));
  const greedy = Array.from({ length: 30 }, () => ask(upstream, { caller: "greedy" }));
  const others = ["ann", "ben", "cleo"].map((caller) => ask(upstream, { caller }));
  const answered: string[] = [];
  others.forEach((one, index) => void one.then(() => answered.push(`other ${index}`)));
  // Sixteen wait at most of one caller: a quarter of the queue.
  assert.equal(
    (await Promise.all(greedy.slice(20))).every((one) => one === "capacity-exceeded"),
    true,
  );
  for (let round = 0; round < 4; round += 1) {
    await new Promise((resolve) => setTimeout(resolve, 30));
    held.splice(0, 1).forEach((release) => release());
  }
  // Places that became free went to those who had none, though they came last.
  for (const release of held.splice(0)) release();
  await Promise.all(others);
  backend.failBy(undefined);
  for (const release of held.splice(0)) release();
});

test("a caller who reads slowly does not hold the backend's connection", async () => {
  const part = Buffer.alloc(65_536);
  const server = createServer((_request, response) => {
    for (let count = 0; count < 8; count += 1) response.write(part);
    response.end();
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const upstream = createUpstream({
    ...upstreamDefaults,
    targets: [`http://127.0.0.1:${(server.address() as AddressInfo).port}`],
    connections: 4,
  });
  opened.push(upstream, { close: () => (server.closeAllConnections(), server.close()) });
  const request = {
    method: "GET",
    target: "/",
    headers: ["Host", "a"],
    body: null,
    repeatable: true,
  };
  let bytes = 0;
  const done = { ended: 0 };
  const slow = Array.from({ length: 40 }, () => {
    let taken = 0;
    const forwarding = upstream.forward(request, {
      onHead: () => undefined,
      onData: (chunk) => {
        bytes += chunk.length;
        taken += 1;
        return taken > 1;
      },
      onEnd: () => (done.ended += 1),
      onFault: () => undefined,
    });
    return forwarding;
  });
  for (let tries = 0; tries < 500 && upstream.targets()[0]?.outstanding !== 0; tries += 1)
    await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(upstream.targets()[0]?.outstanding, 0, "every connection is free again");
  assert.equal(await ask(upstream), "200");
  assert.equal(done.ended, 0, "nobody has read to the end yet");
  for (const one of slow) one.resume();
  for (let tries = 0; tries < 500 && done.ended < 40; tries += 1)
    await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(bytes, 40 * 8 * part.length);
  assert.equal(done.ended, 40);
});

/** Who holds a place and lets the backend wait, by doing nothing. */
const idlers: Readonly<
  Record<string, (upstream: PooledUpstream, caller: string) => Promise<string>>
> = {
  "send nothing of a body": (upstream, caller) =>
    new Promise((resolve) => {
      const body = new Readable({ read: () => undefined });
      body.on("error", () => undefined).push("x");
      const request = {
        method: "POST",
        target: "/x",
        headers: [],
        body,
        repeatable: false,
        caller,
      };
      upstream.forward(request, receiver(resolve, true));
    }),
  "take nothing of an answer": (upstream, caller) =>
    new Promise((resolve) => {
      const request = { method: "GET", target: "/large", headers: [], body: null, caller };
      upstream.forward({ ...request, repeatable: true }, receiver(resolve, false));
    }),
};

const receiver = (resolve: (end: string) => void, reads: boolean): AnswerReceiver => ({
  onHead: () => undefined,
  onData: () => reads,
  onEnd: () => resolve("end"),
  onFault: (code) => resolve(code),
});

for (const [what, hold] of Object.entries(idlers))
  test(`callers who ${what} give their places to others who wait`, {
    timeout: 60_000,
  }, async () => {
    const backend = await faultyBackend();
    backend.failBy((request, response) => {
      request.resume();
      if (request.url === "/large") response.end(Buffer.alloc(8_000_000));
      else if (request.method === "GET") response.end("ok");
    });
    const upstream = createUpstream({
      ...upstreamDefaults,
      targets: [backend.url],
      connections: 8,
      queueTimeoutMs: 30_000,
    });
    opened.push(backend, upstream);
    const idle = ["a", "b", "c", "d", "e", "f", "g", "h"].map((caller) => hold(upstream, caller));
    const others = Array.from({ length: 12 }, (_, index) => ask(upstream, { caller: `o${index}` }));
    assert.deepEqual(new Set(await Promise.all(others)), new Set(["200"]));
    assert.equal(await Promise.race(idle), "upstream-timeout");
  });
