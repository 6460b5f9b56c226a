import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { test } from "node:test";
import { createGate, type Gate, type GateOptions, type Plan } from "@portcullis/guard";
import { allocateSharedBuckets, SharedMemoryState } from "@portcullis/guard/state";
import { loadPolicy } from "../../packages/server/src/policy/load-policy.ts";
import { documentOf } from "../faults/changing-gate.ts";

async function planOf(...paths: readonly string[]): Promise<Plan> {
  const directory = mkdtempSync(join(tmpdir(), "portcullis-prepared-"));
  writeFileSync(join(directory, "openapi.yaml"), documentOf(...paths));
  const file = join(directory, "portcullis.yaml");
  writeFileSync(
    file,
    `portcullis: 1\nmode: enforce\napis: [{ openapi: openapi.yaml, upstream: "http://b:1" }]\n`,
  );
  const { faults, plan } = await loadPolicy({ file, environment: {}, flags: [] });
  if (plan === undefined) throw new Error(JSON.stringify(faults));
  return plan;
}

const limits = new SharedMemoryState(allocateSharedBuckets(64, [1, 2]));
const optionsFor = (plan: Plan): GateOptions => ({
  plan,
  ports: {
    record: () => undefined,
    limits,
    localLimits: limits,
    upstream: () => ({
      forward(_request, receiver) {
        setImmediate(() => {
          receiver.onHead(200, []);
          receiver.onEnd([]);
        });
        return { resume: () => undefined, abort: () => undefined };
      },
    }),
  },
});

const statusOf = (gate: Gate, target: string): Promise<number> =>
  new Promise((resolve) => {
    gate.handle(
      {
        method: "GET",
        target,
        rawHeaders: ["Host", "h"],
        httpVersion: "1.1",
        peerAddress: "192.0.2.1",
        encrypted: true,
        endsWithHead: true,
        body: Readable.from([]),
      },
      {
        headersSent: false,
        writableEnded: false,
        writeHead: resolve,
        write: () => true,
        end: () => undefined,
        once: () => undefined,
        addTrailers: () => undefined,
        destroy: () => undefined,
      },
    );
  });

test("a plan that is made ready serves when it is told to, and not before", async () => {
  const gate = createGate(optionsFor(await planOf("first")));
  const prepared = await gate.prepare(optionsFor(await planOf("second")));
  assert.equal(await statusOf(gate, "/first"), 200);
  assert.equal(await statusOf(gate, "/second"), 404);
  prepared.serve();
  assert.equal(await statusOf(gate, "/first"), 404);
  assert.equal(await statusOf(gate, "/second"), 200);
});

test("a plan that is made ready and discarded changes nothing", async () => {
  const gate = createGate(optionsFor(await planOf("first")));
  (await gate.prepare(optionsFor(await planOf("second")))).discard();
  assert.equal(await statusOf(gate, "/first"), 200);
  assert.equal(await statusOf(gate, "/second"), 404);
});

test("a plan that needs a port which is not there is not made ready, and the old one serves", async () => {
  const gate = createGate(optionsFor(await planOf("first")));
  const { ports } = optionsFor(await planOf("second"));
  const broken: GateOptions = {
    plan: await planOf("second"),
    ports: {
      ...ports,
      upstream: () => {
        throw new RangeError("there is no such port");
      },
    },
  };
  await assert.rejects(gate.prepare(broken), /there is no such port/);
  assert.equal(await statusOf(gate, "/first"), 200);
});

test("while a large plan is made ready, requests are answered", async () => {
  const gate = createGate(optionsFor(await planOf("first")));
  const many = await planOf(...Array.from({ length: 800 }, (_, at) => `path${at}`));
  const progress = { isReady: false };
  const preparing = gate.prepare(optionsFor(many)).then((prepared) => {
    progress.isReady = true;
    return prepared;
  });
  let answered = 0;
  while (!progress.isReady) {
    assert.equal(await statusOf(gate, "/first"), 200);
    answered += 1;
  }
  assert.ok(answered > 1, `${answered} requests were answered meanwhile`);
  (await preparing).serve();
  assert.equal(await statusOf(gate, "/path799"), 200);
});
