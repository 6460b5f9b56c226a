import assert from "node:assert/strict";
import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { after, test } from "node:test";
import type { AnswerReceiver, Forwarding, UpstreamRequest } from "@portcullis/guard/upstream";
import {
  createUpstream,
  type PooledUpstream,
  upstreamDefaults,
} from "../../packages/server/src/upstream/upstream-pool.ts";
import { type Random, seeded } from "../differential/random.ts";
import { ask, faultyBackend } from "./backends.ts";

const opened: { close(): unknown }[] = [];
after(async () => {
  for (const one of opened) await one.close();
});

/** All that a backend may do, well or not. */
const manners: readonly ((request: IncomingMessage, response: ServerResponse) => void)[] = [
  (_request, response) => void response.end("ok"),
  (_request, response) => {
    response.write("x".repeat(200_000));
    setTimeout(() => response.end("y".repeat(3_000_000)), 3);
  },
  (_request, response) => void response.writeHead(503).end(),
  (request) => void request.socket.resetAndDestroy(),
  (_request, response) => {
    response.write("part");
    setTimeout(() => response.destroy(), 2);
  },
  (_request, response) => void setTimeout(() => response.end("late"), 120),
  (request) => void request.socket.end("HTTP/1.1 broken\r\n\r\n"),
  (_request, response) => void response.writeHead(413, { Connection: "close" }).end("no"),
];

/** A caller who reads slowly, leaves at any time, and notes what it is told. */
class FickleCaller implements AnswerReceiver {
  /** What it was told that it must not be told. */
  readonly wrong: string[] = [];
  readonly settled: Promise<void>;
  readonly #random: Random;
  #settle: () => void = () => undefined;
  #forwarding: Forwarding | undefined;
  #ends = 0;
  #left = false;
  #blocked = false;

  constructor(random: Random) {
    this.#random = random;
    this.settled = new Promise((resolve) => (this.#settle = resolve));
  }

  begin(upstream: PooledUpstream, request: UpstreamRequest): void {
    this.#forwarding = upstream.forward(request, this);
    if (this.#random.chance(10)) this.#leave();
    else if (this.#random.chance(4)) setTimeout(() => this.#leave(), this.#random.below(100));
  }

  onHead(): void {
    this.#note("head");
    if (this.#random.chance(10)) setImmediate(() => this.#leave());
    if (this.#random.chance(20)) this.#leave();
  }

  onData(): boolean {
    this.#note("data");
    if (this.#blocked) this.wrong.push("data while it does not read");
    if (this.#random.chance(30)) this.#leave();
    if (this.#left || !this.#random.chance(3)) return true;
    this.#blocked = true;
    setTimeout(() => {
      this.#blocked = false;
      this.#forwarding?.resume();
    }, this.#random.below(10));
    return false;
  }

  onEnd(): void {
    this.#end("end");
  }

  onFault(): void {
    this.#end("fault");
  }

  #end(what: string): void {
    this.#note(what);
    this.#ends += 1;
    if (this.#ends > 1) this.wrong.push("a second end");
    this.#settle();
  }

  #note(what: string): void {
    if (this.#left || this.#ends > 0) this.wrong.push(`${what} behind its end`);
  }

  #leave(): void {
    if (this.#ends > 0 || this.#left) return;
    this.#left = true;
    this.#forwarding?.abort();
    this.#settle();
  }
}

function someRequest(random: Random, index: number): UpstreamRequest {
  const kind = random.below(3);
  const body =
    kind === 0
      ? null
      : kind === 1
        ? Buffer.alloc(1000)
        : Readable.from([Buffer.alloc(500), Buffer.alloc(500)]).on("error", () => undefined);
  return {
    method: body === null ? "GET" : "POST",
    target: "/x",
    headers: ["Host", "api", ...(body === null ? [] : ["Content-Length", "1000"])],
    body,
    repeatable: body === null,
    caller: `c${index % 20}`,
  };
}

test("whatever backends and callers do, each is told of one end, and every place is given back", async () => {
  const backends = [await faultyBackend(), await faultyBackend()];
  const random = seeded(7);
  for (const backend of backends)
    backend.failBy((request, response) => {
      request.resume();
      random.pick(manners)(request, response);
    });
  const upstream = createUpstream({
    ...upstreamDefaults,
    connections: 4,
    queue: 40,
    queueTimeoutMs: 60,
    headersTimeoutMs: 80,
    targets: backends.map(({ url }) => url),
  });
  opened.push(upstream, ...backends);
  const callers: FickleCaller[] = [];
  for (let index = 0; index < 1500; index += 1) {
    if (index % 5 === 0) await new Promise((resolve) => setTimeout(resolve, 4));
    const caller = new FickleCaller(random);
    callers.push(caller);
    caller.begin(upstream, someRequest(random, index));
  }
  await Promise.all(callers.map(({ settled }) => settled));
  assert.deepEqual(
    callers.flatMap(({ wrong }) => wrong),
    [],
  );
  assert.deepEqual(
    upstream.targets().map(({ outstanding }) => outstanding),
    [0, 0],
  );
  // As many as there are places are sent at once: none of them was lost.
  for (const backend of backends) backend.failBy(undefined);
  const all = Array.from({ length: 9 }, () => ask(upstream));
  assert.equal(
    upstream.targets().reduce((sum, { outstanding }) => sum + outstanding, 0),
    8,
  );
  await Promise.all(all);
});

test("who waits when the backends are let go of is told, and so is who comes later", async () => {
  const backend = await faultyBackend();
  opened.push(backend);
  const upstream = createUpstream({
    ...upstreamDefaults,
    connections: 1,
    queueTimeoutMs: 60_000,
    targets: [backend.url],
  });
  backend.failBy((_request, response) => void setTimeout(() => response.end("ok"), 50));
  const first = ask(upstream);
  const waiting = [ask(upstream, { caller: "a" }), ask(upstream, { caller: "b" })];
  const closed = upstream.close();
  assert.deepEqual(await Promise.all(waiting), ["capacity-exceeded", "capacity-exceeded"]);
  assert.equal(await first, "200");
  await closed;
  assert.equal(await ask(upstream), "upstream-unreachable");
  assert.deepEqual(
    upstream.targets().map(({ outstanding }) => outstanding),
    [0],
  );
});
