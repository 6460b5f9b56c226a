import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, test } from "node:test";
import { createUpstream, upstreamDefaults } from "./upstream-pool.ts";

const servers: Server[] = [];
after(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

async function instance(
  answer: (path: string) => number,
): Promise<{ url: string; asked: string[]; server: Server }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? "");
    response.writeHead(answer(request.url ?? "")).end("ok");
  }).listen(0, "127.0.0.1");
  servers.push(server);
  await new Promise((resolve) => server.once("listening", resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked, server };
}

const ask = (
  upstream: ReturnType<typeof createUpstream>,
  target = "/x",
  repeatable = true,
): Promise<string> =>
  new Promise((resolve) => {
    const method = repeatable ? "GET" : "POST";
    upstream.forward(
      { method, target, headers: ["Host", "api"], body: null, repeatable },
      {
        onHead: (status) => resolve(String(status)),
        onData: () => true,
        onEnd: () => undefined,
        onFault: (code) => resolve(code),
      },
    );
  });

test("an instance that fails its health check is not asked until it is well again", async () => {
  let well = true;
  const one = await instance((path) => (path === "/healthz" && !well ? 503 : 200));
  const two = await instance(() => 200);
  const upstream = createUpstream({
    ...upstreamDefaults,
    targets: [one.url, two.url],
    healthCheck: {
      path: "/healthz",
      intervalMs: 20,
      timeoutMs: 500,
      unhealthyAfter: 2,
      healthyAfter: 2,
    },
  });
  const resting = (): boolean => upstream.targets()[0]?.resting === true;
  const until = async (wanted: boolean): Promise<void> => {
    for (let tries = 0; tries < 300 && resting() !== wanted; tries += 1)
      await new Promise((resolve) => setTimeout(resolve, 10));
    assert.equal(resting(), wanted);
  };
  well = false;
  await until(true);
  one.asked.length = 0;
  for (let count = 0; count < 20; count += 1) assert.equal(await ask(upstream), "200");
  assert.deepEqual(
    one.asked.filter((path) => path !== "/healthz"),
    [],
  );
  well = true;
  await until(false);
  await upstream.close();
});

test("a dead instance costs no request while another lives, and when all are dead that is said", async () => {
  const one = await instance(() => 200);
  const dead = await instance(() => 200);
  dead.server.closeAllConnections();
  await new Promise((resolve) => dead.server.close(resolve));
  const upstream = createUpstream({ ...upstreamDefaults, targets: [dead.url, one.url] });
  for (let count = 0; count < 10; count += 1) assert.equal(await ask(upstream), "200");
  await upstream.close();
  const none = createUpstream({ ...upstreamDefaults, targets: [dead.url] });
  assert.equal(await ask(none), "upstream-unreachable");
  await none.close();
});

test("an instance whose checks all fail is still asked when there is no other: the check must not be the outage", async () => {
  const only = await instance((path) => (path === "/healthz" ? 500 : 200));
  const upstream = createUpstream({
    ...upstreamDefaults,
    targets: [only.url],
    healthCheck: {
      path: "/healthz",
      intervalMs: 10,
      timeoutMs: 500,
      unhealthyAfter: 1,
      healthyAfter: 1,
    },
  });
  await new Promise((resolve) => setTimeout(resolve, 1200));
  assert.equal(await ask(upstream), "200");
  await upstream.close();
});

test("a backend that does not answer in time is told from one that is not there", async () => {
  const server = createServer(() => undefined).listen(0, "127.0.0.1");
  servers.push(server);
  await new Promise((resolve) => server.once("listening", resolve));
  const upstream = createUpstream({
    ...upstreamDefaults,
    targets: [`http://127.0.0.1:${(server.address() as AddressInfo).port}`],
    headersTimeoutMs: 300,
  });
  assert.equal(await ask(upstream), "upstream-timeout");
  server.closeAllConnections();
  await upstream.close();
});

test("what must not be sent twice is sent once, though another backend could have taken it", async () => {
  const two = [await instance(() => 503), await instance(() => 503)];
  const upstream = createUpstream({ ...upstreamDefaults, targets: two.map(({ url }) => url) });
  const asked = (): number => two.reduce((sum, one) => sum + one.asked.length, 0);
  assert.equal(await ask(upstream, "/x", false), "503");
  assert.equal(asked(), 1);
  assert.equal(await ask(upstream), "503");
  assert.equal(asked(), 3);
  await upstream.close();
});

test("however many requests a backend fails, few of them are sent again", async () => {
  // No more than half of them rest, so that there is always another to ask.
  const four = await Promise.all([1, 2, 3, 4].map(() => instance(() => 503)));
  const upstream = createUpstream({ ...upstreamDefaults, targets: four.map(({ url }) => url) });
  const requests = 200;
  for (let count = 0; count < requests; count += 1) await ask(upstream);
  const asked = four.reduce((sum, one) => sum + one.asked.length, 0);
  assert.ok(asked <= requests * 1.2 + 10, `${asked} were sent for ${requests}`);
  await upstream.close();
});
