import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { request, type RequestOptions } from "node:http";
import { after, test } from "node:test";
import { faultyBackend } from "./backends.ts";
import { type Edge, edgeBefore } from "./edge.ts";

const opened: { close(): unknown }[] = [];
after(async () => {
  for (const one of opened) await one.close();
});

async function until(what: string, isSo: () => boolean): Promise<void> {
  for (let tries = 0; tries < 500; tries += 1) {
    if (isSo()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.fail(what);
}

/** How far a request has come when its caller leaves. */
const stages: Readonly<
  Record<string, readonly [options: RequestOptions, body: string, answers: boolean]>
> = {
  "while the backend works at a read": [{ path: "/things" }, "", false],
  "while the backend works at a write": [
    { path: "/things", method: "POST", headers: { "Content-Type": "application/json" } },
    "{}",
    false,
  ],
  "within a body that is streamed with its length": [
    {
      path: "/bytes",
      method: "POST",
      headers: { "Content-Type": "image/png", "Content-Length": 1000 },
    },
    "part",
    false,
  ],
  "within a body that is streamed without a length": [
    { path: "/bytes", method: "POST", headers: { "Content-Type": "image/png" } },
    "part",
    false,
  ],
  "within the answer": [{ path: "/things" }, "", true],
};

for (const [when, [options, body, answers]] of Object.entries(stages))
  test(`a caller who leaves ${when} is recorded, and gives back what was held`, async () => {
    const backend = await faultyBackend();
    const edge = await edgeBefore(backend.url);
    opened.push(backend, edge);
    backend.failBy((_request, response: ServerResponse) => {
      if (answers) response.writeHead(200).write("begun");
    });
    const outgoing = request({ host: "127.0.0.1", port: edge.port, ...options });
    outgoing.on("error", () => undefined);
    outgoing.on("response", (answer) =>
      answer.on("error", () => undefined).once("data", () => outgoing.destroy()),
    );
    if (options.method === "POST" && options.path === "/bytes") outgoing.write(body);
    else outgoing.end(body);
    await until("the backend was not asked", () => backend.asked() === 1);
    if (!answers) outgoing.destroy();
    await until("no record was written", () => edge.records.length === 1);
    await until("its place is still taken", () => free(edge));
    assert.equal(edge.records.length, 1);
  });

test("a caller who leaves while it waits for a place is recorded, too", async () => {
  const backend = await faultyBackend();
  const edge = await edgeBefore(backend.url, { connections: 1, queueTimeoutMs: 60_000 });
  opened.push(backend, edge);
  const held: ServerResponse[] = [];
  backend.failBy((_request, response) => void held.push(response));
  const ask = () =>
    request({ host: "127.0.0.1", port: edge.port, path: "/things" })
      .on("error", () => undefined)
      .on("response", (answer) => answer.resume())
      .end();
  ask();
  await until("the backend was not asked", () => backend.asked() === 1);
  const waits = ask();
  await new Promise((resolve) => setTimeout(resolve, 50));
  waits.destroy();
  await until("no record was written", () => edge.records.length === 1);
  held[0]?.end("ok");
  await until("the first was not answered", () => edge.records.length === 2);
  assert.equal(backend.asked(), 1);
  assert.ok(free(edge));
});

test("an answer that comes before the body has ended says that its connection ends", async () => {
  const backend = await faultyBackend();
  const edge = await edgeBefore(backend.url);
  opened.push(backend, edge);
  backend.failBy((_request, response) => void response.writeHead(200).end("early"));
  for (const headers of [{ "Content-Length": 1000 }, {}]) {
    const connection = await new Promise((resolve) => {
      const outgoing = request({
        host: "127.0.0.1",
        port: edge.port,
        path: "/bytes",
        method: "POST",
        headers: { "Content-Type": "image/png", ...headers },
      });
      outgoing.on("response", (answer) => {
        resolve(answer.headers.connection);
        answer.on("error", () => undefined).resume();
        outgoing.destroy();
      });
      outgoing.on("error", () => undefined).write("part");
    });
    assert.equal(connection, "close");
  }
});

const free = ({ upstream }: Edge): boolean =>
  upstream.targets().every(({ outstanding }) => outstanding === 0);
