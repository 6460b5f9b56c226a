import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, test } from "node:test";
import type { UpstreamRequest, Urgency } from "@portcullis/guard/upstream";
import { allocateSharedConcurrency } from "./shared-concurrency.ts";
import { createUpstream, upstreamDefaults } from "./upstream-pool.ts";

const servers: Server[] = [];
after(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

/** A backend that holds every request until it is told to answer, and says what it was told. */
async function holding() {
  const deadlines: (string | undefined)[] = [];
  const held: (() => void)[] = [];
  const server = createServer((request, response) => {
    deadlines.push(request.headers["portcullis-deadline"] as string | undefined);
    held.push(() => void response.end("ok"));
  }).listen(0, "127.0.0.1");
  servers.push(server);
  await new Promise((resolve) => server.once("listening", resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, deadlines, held };
}

function asking(upstream: ReturnType<typeof createUpstream>) {
  return (more: Partial<UpstreamRequest>): Promise<string[]> =>
    new Promise((resolve) => {
      const told: string[] = [];
      const end = (last: string): void => resolve([...told, last]);
      upstream.forward(
        {
          method: "GET",
          target: "/",
          headers: ["Host", "a"],
          body: null,
          repeatable: true,
          onObserved: (code) => void told.push(`observed ${code}`),
          ...more,
        },
        {
          onHead: (status) => told.push(String(status)),
          onData: () => true,
          onEnd: () => end("end"),
          onFault: (code) => end(code),
        },
      );
    });
}

const within = (ms: number): Urgency & { readonly deadlineAt: number } => ({
  priority: "normal",
  deadlineAt: performance.now() + ms,
});

test("the backend is told what is left of the deadline, and who waits beyond it is told at once", async () => {
  const backend = await holding();
  const upstream = createUpstream({ ...upstreamDefaults, targets: [backend.url] });
  const ask = asking(upstream);
  assert.deepEqual(await ask({ urgency: within(80), shedding: "enforce" }), ["deadline-passed"]);
  const before = backend.held.length;
  const answered = ask({ urgency: within(60_000), shedding: "enforce" });
  while (backend.held.length === before) await new Promise((resolve) => setTimeout(resolve, 5));
  const left = Number(backend.deadlines.at(-1));
  assert.ok(left > 0 && left <= 60_000, `told ${left}`);
  backend.held.at(-1)?.();
  assert.deepEqual(await answered, ["200", "end"]);
  await upstream.close();
});

test("a request whose deadline passes while it waits, or has passed, is not forwarded", async () => {
  const backend = await holding();
  const upstream = createUpstream({
    ...upstreamDefaults,
    targets: [backend.url],
    connections: 1,
    queueTimeoutMs: 60_000,
  });
  const ask = asking(upstream);
  const first = ask({});
  assert.deepEqual(await ask({ urgency: within(40), shedding: "enforce" }), ["deadline-passed"]);
  assert.deepEqual(await ask({ urgency: within(-1), shedding: "enforce" }), ["deadline-passed"]);
  while (backend.held.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  backend.held[0]?.();
  assert.deepEqual(await first, ["200", "end"]);
  assert.equal(backend.deadlines.length, 1);
  await upstream.close();
});

test("a deadline that is only observed gives nothing up: the answer comes, and is said to be late", async () => {
  const backend = await holding();
  const upstream = createUpstream({ ...upstreamDefaults, targets: [backend.url] });
  const urgency = within(20);
  const late = asking(upstream)({ urgency, shedding: "observe" });
  while (backend.held.length === 0 || performance.now() <= urgency.deadlineAt)
    await new Promise((resolve) => setTimeout(resolve, 5));
  backend.held[0]?.();
  assert.deepEqual(await late, ["observed deadline-passed", "200", "end"]);
  await upstream.close();
});

test("what a backend works on at once is bounded where shedding is enforced, and told where observed", async () => {
  const backend = await holding();
  const shared = allocateSharedConcurrency(1);
  const upstream = createUpstream({
    ...upstreamDefaults,
    targets: [backend.url],
    queueTimeoutMs: 30,
    concurrency: { shared, seat: 0, bounds: { least: 2, most: 2 } },
  });
  const ask = asking(upstream);
  const two = [
    ask({ caller: "a", shedding: "enforce" }),
    ask({ caller: "b", shedding: "enforce" }),
  ];
  assert.deepEqual(await ask({ caller: "c", shedding: "enforce" }), ["capacity-exceeded"]);
  const observed = [1, 2, 3].map((one) => ask({ caller: `${one}`, shedding: "observe" }));
  while (backend.held.length < 5) await new Promise((resolve) => setTimeout(resolve, 5));
  for (const answer of backend.held) answer();
  assert.deepEqual(await Promise.all(two), [
    ["200", "end"],
    ["200", "end"],
  ]);
  assert.deepEqual(
    (await Promise.all(observed)).map(([first]) => first),
    ["200", "200", "observed capacity-exceeded"],
  );
  const again = ask({ shedding: "enforce" });
  while (backend.held.length < 6) await new Promise((resolve) => setTimeout(resolve, 5));
  backend.held[5]?.();
  assert.deepEqual(await again, ["200", "end"]);
  await upstream.close();
});

test("a health check is asked and answered while every place of the backend is held", async () => {
  const checks: number[] = [];
  const server = createServer((request, response) => {
    if (request.url !== "/healthz") return;
    checks.push(1);
    response.end("well");
  }).listen(0, "127.0.0.1");
  servers.push(server);
  await new Promise((resolve) => server.once("listening", resolve));
  const upstream = createUpstream({
    ...upstreamDefaults,
    targets: [`http://127.0.0.1:${(server.address() as AddressInfo).port}`],
    connections: 2,
    healthCheck: {
      path: "/healthz",
      intervalMs: 10,
      timeoutMs: 5000,
      unhealthyAfter: 1,
      healthyAfter: 1,
    },
  });
  const ask = asking(upstream);
  const held = ["a", "b", "c", "d"].map((caller) => ask({ caller }));
  const wanted = checks.length + 3;
  while (checks.length < wanted) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal(upstream.targets()[0]?.resting, false);
  server.closeAllConnections();
  await Promise.all([upstream.close(), ...held]);
});
