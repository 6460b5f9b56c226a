import assert from "node:assert/strict";
import { after, test } from "node:test";
import { corpus } from "./corpus.ts";
import type { RawAnswer } from "./raw-answer.ts";
import { askRaw, openConnections, type RawServer, startRawServer } from "./raw-server.ts";

const servers: RawServer[] = [];
after(() => {
  for (const server of servers) server.close();
});

const own = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nown";

/** Answers the row that the path names, and `/own` by what is its own. */
async function startCorpus(ends: boolean): Promise<RawServer> {
  const server = await startRawServer((socket, head) => {
    const row = corpus[Number(/^\w+ \/(\d+) /.exec(head)?.[1])];
    if (row === undefined) socket.write(own);
    else if (ends) socket.end(row.bytes);
    else socket.write(row.bytes);
  });
  servers.push(server);
  return server;
}

async function walk(look: (row: RawAnswer, index: number) => Promise<void>): Promise<void> {
  const waiting = corpus.entries();
  const walker = async (): Promise<void> => {
    for (const [index, row] of waiting) await look(row, index);
  };
  await Promise.all(Array.from({ length: 8 }, walker));
}

test("whatever a backend has sent, the next request is answered by its own answer", async () => {
  const server = await startCorpus(false);
  await walk(async ({ bytes, method, verdict, what }, index) => {
    // One connection: where it is used again, the next request is on it.
    const connections = openConnections(server.url, 1);
    if (verdict === "cut") {
      // Nothing more comes, and nobody waits for it.
      void askRaw(connections, { target: `/${index}` }, (attempt) =>
        setTimeout(() => attempt.abort(), 10),
      );
    } else {
      const came = await askRaw(connections, { method, target: `/${index}` });
      if (verdict === "malformed") assert.equal(came.failed, "malformed", what);
      else {
        assert.equal(came.failed, undefined, `${what}: ${came.detail}`);
        assert.deepEqual([came.status, came.body], [verdict.status, verdict.body], what);
        // What comes in one read is judged at once.
        await new Promise((resolve) => setImmediate(resolve));
        if (bytes.length < 16_384)
          assert.equal(connections.size, verdict.reusable ? 1 : 0, `${what}: kept or not`);
      }
    }
    const next = await askRaw(connections, { target: "/own" }, undefined, 2000);
    assert.deepEqual([next.failed, next.status, next.body], [undefined, 200, "own"], what);
    await connections.close();
  });
});

test("a connection that ends within an answer fails it, and one that nothing came on is told apart", async () => {
  const server = await startCorpus(true);
  await walk(async ({ bytes, method, verdict, what }, index) => {
    if (verdict !== "cut") return;
    const connections = openConnections(server.url, 1);
    const came = await askRaw(connections, { method, target: `/${index}` });
    const failed = came.status > 0 || bytes.length === 0 ? "lost" : "malformed";
    assert.equal(came.failed, failed, `${what}: ${came.detail}`);
    await connections.close();
  });
});
