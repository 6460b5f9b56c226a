import assert from "node:assert/strict";
import type { IncomingMessage, ServerResponse } from "node:http";
import { after, test } from "node:test";
import {
  createUpstream,
  type PooledUpstream,
  upstreamDefaults,
} from "../../packages/server/src/upstream/upstream-pool.ts";
import { ask, askMany, type FaultyBackend, faultyBackend } from "./backends.ts";

const opened: { close(): unknown }[] = [];
after(() => {
  for (const one of opened) one.close();
});

async function pair(): Promise<readonly [FaultyBackend, FaultyBackend]> {
  const two = [await faultyBackend(), await faultyBackend()] as const;
  opened.push(...two);
  return two;
}

function over(
  backends: readonly FaultyBackend[],
  options: Partial<typeof upstreamDefaults> = {},
): PooledUpstream {
  const upstream = createUpstream({
    ...upstreamDefaults,
    headersTimeoutMs: 500,
    ...options,
    targets: backends.map(({ url }) => url),
  });
  opened.push(upstream);
  return upstream;
}

/** Ways in which a backend fails faster, or slower, than it would work. */
const failures: Readonly<
  Record<string, (request: IncomingMessage, response: ServerResponse) => void>
> = {
  "answers 503": (_request, response) => void response.writeHead(503).end(),
  "answers 502": (_request, response) => void response.writeHead(502).end(),
  "resets connections": (request) => void request.socket.resetAndDestroy(),
  "closes without an answer": (request) => void request.socket.end(),
};

for (const [name, fails] of Object.entries(failures))
  test(`a backend that ${name} does not take the traffic of the one that is well`, async () => {
    const [one, two] = await pair();
    const upstream = over([one, two]);
    assert.deepEqual(await askMany(upstream, 200), { 200: 200 });
    one.failBy(fails);
    const came = await askMany(upstream, 1500);
    assert.equal(came["200"], 1500, JSON.stringify(came));
    const before = one.asked();
    // What must not be sent twice fails where the failing one is asked, and it is asked rarely.
    const writes = await askMany(upstream, 1500, { method: "POST", repeatable: false });
    assert.ok((writes["200"] ?? 0) >= 1480, JSON.stringify(writes));
    assert.ok(one.asked() - before <= 20, `${one.asked() - before} writes were lost on it`);
  });

test("a backend that hangs is left alone after a few requests have waited for it", async () => {
  const [one, two] = await pair();
  const upstream = over([one, two]);
  one.failBy(() => undefined);
  const came = await askMany(upstream, 1500);
  assert.equal(came["200"], 1500, JSON.stringify(came));
});

test("a backend that was left alone is asked again when it is well, and given its share bit by bit", async () => {
  const [one, two] = await pair();
  const upstream = over([one, two]);
  one.failBy(failures["answers 503"]);
  await askMany(upstream, 100);
  assert.equal(upstream.targets()[0]?.resting, true);
  one.failBy(undefined);
  const before = one.asked();
  for (let tries = 0; tries < 200 && one.asked() === before; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.deepEqual(await askMany(upstream, 20), { 200: 20 });
  }
  assert.ok(one.asked() > before);
});

test("never more than half of the backends rest, and where all fail each is still asked", async () => {
  const [one, two] = await pair();
  const upstream = over([one, two]);
  for (const backend of [one, two]) backend.failBy(failures["answers 503"]);
  await askMany(upstream, 200);
  assert.equal(upstream.targets().filter(({ resting }) => resting).length, 1);
  for (const backend of [one, two]) backend.failBy(undefined);
  assert.deepEqual(await askMany(upstream, 50), { 200: 50 });
});

test("one operation that always fails does not let its backend rest", async () => {
  const [one, two] = await pair();
  const upstream = over([one, two]);
  for (const backend of [one, two])
    backend.failBy((request, response) => {
      response.writeHead(request.url === "/broken" ? 500 : 200).end();
    });
  for (let round = 0; round < 60; round += 1) {
    await ask(upstream, { target: "/broken" });
    for (let well = 0; well < 4; well += 1) await ask(upstream);
  }
  assert.deepEqual(
    upstream.targets().map(({ resting }) => resting),
    [false, false],
  );
});

test("second tries are a share of what is sent, so that a bad minute makes no storm", async () => {
  const [one, two] = await pair();
  const upstream = over([one, two]);
  for (const backend of [one, two]) backend.failBy(failures["resets connections"]);
  const before = one.asked() + two.asked();
  await askMany(upstream, 1000);
  const sent = one.asked() + two.asked() - before;
  assert.ok(sent <= 1000 * 1.2 + 25, `${sent} for 1000`);
});

test("what was sent and must not be sent twice is sent once", async () => {
  const [one, two] = await pair();
  const upstream = over([one, two]);
  for (const backend of [one, two]) backend.failBy(failures["resets connections"]);
  const body = Buffer.from("{}");
  for (let count = 0; count < 100; count += 1)
    await ask(upstream, { method: "POST", body, repeatable: false });
  assert.equal(one.asked() + two.asked(), 100);
});
