import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type ChangingGate,
  type ChangingOptions,
  documentOf,
  startChangingGate,
  until,
} from "./changing-gate.ts";

/**
 * A gate thread throws when a file of its number, or of any number, lies there: outside every
 * exchange, and with nobody to catch it.
 */
const throwing = `let isEnding = false;
if (isGate) setInterval(() => {
  // The next file is for a thread that still serves.
  if (isEnding) return;
  const { existsSync, renameSync } = require("node:fs");
  for (const name of ["throw-" + threadId, "throw"]) {
    if (!existsSync(name)) continue;
    try { renameSync(name, name + "-taken-" + threadId); } catch { continue; }
    if (existsSync("softly")) throw Object.assign(new Error("a connection broke"), { code: "ECONNRESET" });
    isEnding = true;
    throw new TypeError("something is half done");
  }
}, 20).unref();`;

const start = (options: ChangingOptions = {}) =>
  startChangingGate({ preload: throwing, ...options });
const ended = "portcullis_gate_threads_ended_total";
const threads = "portcullis_gate_threads";

/** Ends a thread, and waits until as many serve as before. */
async function endOne(gate: ChangingGate, count: number): Promise<void> {
  gate.write("throw", "");
  await until(async () => (await gate.metric(ended)) === count, gate.said);
  await until(async () => (await gate.metric(threads)) === 2, gate.said);
}

test("a thread that must end lets requests in flight end, and another serves in its place", async () => {
  const gate = await start({
    threads: 1,
    backend: (_request, response) => void setTimeout(() => response.end("slow"), 2000),
  });
  try {
    const inFlight = gate.get("/first");
    gate.write("throw", "");
    await until(async () => (await gate.metric(ended)) === 1, gate.said);
    const others = Array.from({ length: 20 }, () => gate.get("/first"));
    assert.equal(await inFlight, 200);
    assert.deepEqual(new Set(await Promise.all(others)), new Set([200]));
    await until(async () => (await gate.metric(threads)) === 1, gate.said);
    assert.match(gate.said(), /a gate thread ends, .*TypeError: something is half done/);
    assert.equal(await gate.metric('portcullis_faults_total{part="gate"}'), 1);
  } finally {
    gate.close();
  }
});

test("a fault of one connection, wherever it is thrown, ends no thread", async () => {
  const gate = await start();
  try {
    gate.write("softly", "");
    gate.write("throw", "");
    await gate.saying("serving goes on: Error: a connection broke");
    assert.equal(await gate.metric(ended), 0);
    assert.equal(await gate.metric('portcullis_faults_total{part="gate"}'), 1);
  } finally {
    gate.close();
  }
});

test("the third thread that ends within a minute undoes a change of the policy, and that is said, counted and kept", async () => {
  const gate = await start({ more: "store: ./state/portcullis.db" });
  try {
    gate.write("openapi.yaml", documentOf("first", "second"));
    await gate.saying("the changed policy serves");
    await endOne(gate, 1);
    await endOne(gate, 2);
    assert.equal(await gate.get("/second"), 200);
    await endOne(gate, 3);
    await gate.saying("three gate threads have ended within a minute: the last change");
    assert.equal(await gate.metric("portcullis_policy_undone_total"), 1);
    await until(async () => (await gate.metric(threads)) === 2, gate.said);
    for (let count = 0; count < 20; count += 1) {
      assert.equal(await gate.get("/second"), 404);
      assert.equal(await gate.get("/first"), 200);
    }
    const audit = await gate.audit();
    assert.equal(audit[0]?.action, "policy-undone");
    // What is undone once is not undone again.
    await endOne(gate, 4);
    await endOne(gate, 5);
    await endOne(gate, 6);
    await gate.saying("no change of the policy in the last ten minutes can be the reason");
  } finally {
    gate.close();
  }
});

test("a change that has made something stricter stays, whatever ends after it", async () => {
  const gate = await start();
  try {
    // The operation is switched off: no document names it any longer.
    gate.write("openapi.yaml", documentOf("second"));
    await gate.saying("the changed policy serves");
    assert.equal(await gate.get("/first"), 404);
    for (const count of [1, 2, 3]) await endOne(gate, count);
    await gate.saying("is not undone, because it may have made something stricter");
    assert.match(gate.said(), /first is no longer served/);
    assert.equal(await gate.get("/first"), 404);
    assert.equal(await gate.metric("portcullis_policy_undone_total"), 0);
  } finally {
    gate.close();
  }
});
