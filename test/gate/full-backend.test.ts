import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { startGate } from "../../examples/harbour/gate.ts";
import { sender } from "../../examples/harbour/send.ts";

const ok = 'responses: { "200": { description: ok } }';
const document = `openapi: 3.1.0
info: { title: Full, version: "1" }
security: []
paths:
  /read: { get: { operationId: read, ${ok} } }
  /pay: { get: { operationId: pay, ${ok} } }
  /report: { get: { operationId: report, ${ok} } }
  /late: { get: { operationId: late, ${ok} } }
`;

const closing: (() => unknown)[] = [];
after(() => {
  for (const close of closing) close();
});

/** A gate before a backend that works on one request at a time, and answers when it is told to. */
async function startFullGate() {
  const asked: string[] = [];
  const held: (() => void)[] = [];
  const backend = createServer((request, response) => {
    asked.push(`${request.url} ${String(request.headers["portcullis-deadline"] ?? "-")}`);
    held.push(() => void response.writeHead(200, { "Content-Type": "application/json" }).end("{}"));
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => backend.once("listening", resolve));
  const directory = mkdtempSync(join(tmpdir(), "portcullis-full-"));
  writeFileSync(join(directory, "openapi.yaml"), document);
  writeFileSync(
    join(directory, "portcullis.yaml"),
    `portcullis: 1
mode: enforce
apis:
  - openapi: ./openapi.yaml
    upstream:
      targets: http://127.0.0.1:${(backend.address() as AddressInfo).port}
      concurrency: 1
      queue: { wait: 1m, most: 3 }
operations:
  - { match: read, limits: [{ rate: 3/hour, per: address }] }
  - { match: pay, priority: critical }
  - { match: report, priority: background }
  - { match: late, deadline: 300ms }
`,
  );
  const gate = await startGate(
    `--config ${join(directory, "portcullis.yaml")} --threads 1 --port 0 --admin-port 0`.split(" "),
    join(directory, "state"),
  );
  closing.push(() => {
    gate.process.kill("SIGKILL");
    backend.closeAllConnections();
    backend.close();
  });
  return { asked, held, gate, send: sender(`https://localhost:${gate.port}`, { ca: gate.ca }) };
}

const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
};

test("what a full backend has no place for is told when to come again, has cost nothing, and is counted", async () => {
  const { asked, gate, held, send } = await startFullGate();
  // One request works, and one waits: a quarter of the queue, which is all of one address.
  const first = send("GET", "/read");
  await until(() => held.length === 1);
  const report = send("GET", "/report");
  const shed = await send("GET", "/read");
  assert.equal(shed.status, 503);
  const problem = shed.body as Record<string, unknown>;
  assert.equal(problem["code"], "capacity-exceeded");
  assert.match(String(problem["type"]), /#temporary-reduced-capacity$/);
  assert.match(String(shed.headers["retry-after"]), /^[1-4]$/);
  held[0]?.();
  assert.equal((await first).status, 200);
  await until(() => held.length === 2);
  held[1]?.();
  assert.equal((await report).status, 200);
  assert.deepEqual(asked, ["/read -", "/report -"]);
  // Of three an hour one was answered; the one that was given up is not counted.
  for (const index of [2, 3]) {
    const read = send("GET", "/read");
    await until(() => held.length === index + 1);
    held[index]?.();
    assert.equal((await read).status, 200);
  }
  assert.equal((await send("GET", "/read")).status, 429);

  const late = await send("GET", "/late");
  assert.equal(late.status, 504);
  assert.equal((late.body as Record<string, unknown>)["code"], "deadline-passed");
  const left = Number(asked.at(-1)?.split(" ")[1]);
  assert.ok(left > 0 && left <= 300, `the backend was told ${left}`);

  const metrics = await (await fetch(`http://127.0.0.1:${gate.adminPort}/metrics`)).text();
  for (const line of [
    /^portcullis_concurrency_limit\{target="http:\/\/127\.0\.0\.1:\d+"\} 1$/m,
    /^portcullis_inflight\{target="http:\/\/127\.0\.0\.1:\d+"\} 0$/m,
    /^portcullis_shed_total\{priority="normal"\} 1$/m,
    /^portcullis_queue_wait_seconds_count\{priority="background"\} 1$/m,
  ])
    assert.match(metrics, line);
});
