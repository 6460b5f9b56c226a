import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { test } from "node:test";
import { startLimitGate, until } from "./limit-gate.ts";
import { startSocketGate } from "../gate/socket-gate.ts";

const two = "operations: [{ match: '*', limits: [{ concurrent: 2, per: address }] }]\n";

test("as many are in flight as may be, and each end of one makes room for the next", async () => {
  const waiting: ServerResponse[] = [];
  const gate = await startLimitGate(two, (_, response) => void waiting.push(response));
  const refused = async (): Promise<void> =>
    assert.equal((await gate.ask("/slow")).code, "concurrency-exceeded");
  try {
    const hangUp = new AbortController();
    const left = gate.ask("/slow", { signal: hangUp.signal });
    const answered = gate.ask("/slow");
    await until(() => waiting.length === 2);
    const { headers, status } = await gate.ask("/quick");
    assert.equal(status, 429);
    assert.equal(headers["ratelimit-policy"], '"address";q=2;qu="concurrent-requests"');
    assert.equal(headers["retry-after"], "1");

    hangUp.abort();
    await assert.rejects(left);
    await until(() => gate.records.length === 2);
    const third = gate.ask("/slow");
    await until(() => waiting.length === 3);
    await refused();

    for (const response of waiting) response.end();
    assert.deepEqual([(await answered).status, (await third).status], [200, 200]);
    const failed = [gate.ask("/slow"), gate.ask("/slow")];
    await until(() => waiting.length === 5);
    await refused();
    for (const response of waiting.slice(3)) response.writeHead(500).end();
    await Promise.all(failed);
    const last = gate.ask("/slow");
    await until(() => waiting.length === 6);
    waiting[5]?.end();
    assert.equal((await last).status, 200);
  } finally {
    await gate.close();
  }
});

test("a connection that has left HTTP is in flight until it ends", async () => {
  const gate = await startSocketGate({
    policy: "operations: [{ match: live, limits: [{ concurrent: 1, per: address }] }]\n",
  });
  try {
    const first = await gate.open("/live");
    await assert.rejects(gate.open("/live"), /429/);
    first.close();
    await until(async () => {
      const next = await gate.open("/live").catch(() => undefined);
      next?.close();
      return next !== undefined;
    });
  } finally {
    await gate.close();
  }
});
