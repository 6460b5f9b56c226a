import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { after, before, beforeEach, test } from "node:test";
import { type Answer, createGate, type DecisionRecord, type Plan } from "@portcullis/guard";
import { allocateSharedBuckets, SharedMemoryState } from "@portcullis/guard/state";
import type { AnswerReceiver, Upstream } from "@portcullis/guard/upstream";
import { loadPolicy } from "../../packages/server/src/policy/load-policy.ts";

import { boom } from "./faulty-part.ts";

const unhandled: unknown[] = [];
const note = (fault: unknown): void => void unhandled.push(fault);
let plan: Plan;
before(async () => {
  process.on("uncaughtException", note);
  process.on("unhandledRejection", note);
  const directory = mkdtempSync(join(tmpdir(), "portcullis-faulty-"));
  const thing = "{ type: object, properties: { id: { type: string }, pad: { type: string } } }";
  const found = `"200": { description: ok, content: { application/json: { schema: ${thing} }, text/plain: {} } }`;
  writeFileSync(
    join(directory, "openapi.yaml"),
    `openapi: 3.1.0
info: { title: Faulty, version: "1" }
security: []
paths:
  /things/{id}:
    parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
    get: { operationId: getThing, responses: { ${found} } }
  /hidden/{id}:
    parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
    get: { operationId: getHidden, responses: { ${found} } }
`,
  );
  writeFileSync(
    join(directory, "portcullis.yaml"),
    `portcullis: 1
mode: enforce
apis: [{ openapi: openapi.yaml, upstream: "http://backend:4000" }]
operations:
  - { match: getThing, limits: [{ rate: 10/s, per: address }] }
  - { match: getHidden, hide: { existence: 5ms } }
`,
  );
  const file = join(directory, "portcullis.yaml");
  const loaded = await loadPolicy({ file, environment: {}, flags: [] });
  if (loaded.plan === undefined) throw new Error(JSON.stringify(loaded.faults));
  plan = loaded.plan;
});
after(() => {
  process.off("uncaughtException", note);
  process.off("unhandledRejection", note);
});

/** What answers through the port, one event a turn as sockets bring them. */
const backendThat = (speak: (receiver: AnswerReceiver) => void): Upstream => ({
  forward(_request, receiver) {
    setImmediate(() => speak(receiver));
    return { resume: () => undefined, abort: () => undefined };
  },
});
const typed = (type: string): string[] => ["Content-Type", type];
const body = JSON.stringify({ id: "a", pad: "x".repeat(2000) });
const whole = backendThat((receiver) => {
  receiver.onHead(200, typed("application/json"));
  receiver.onData(Buffer.from(body));
  receiver.onEnd([]);
});
const streamed = backendThat((receiver) => {
  receiver.onHead(200, typed("text/plain"));
  receiver.onData(Buffer.from("a"));
  receiver.onData(Buffer.from("b"));
  receiver.onEnd(["X-Sum", "a"]);
});
const headOnly = (status: number): Upstream =>
  backendThat((receiver) => {
    receiver.onHead(status, []);
    receiver.onEnd([]);
  });
const failing = backendThat((receiver) => receiver.onFault("upstream-timeout", "too late"));

interface Row {
  readonly what: string;
  readonly backend?: Upstream;
  readonly answer?: Partial<Answer>;
  readonly ports?: Partial<Parameters<typeof createGate>[0]["ports"]>;
  readonly target?: string;
  readonly headers?: readonly string[];
  /** Where it is not a fault of the gate's own. */
  readonly code?: string;
}

const once = (): Pick<Answer, "writeHead"> => {
  let thrown = false;
  return {
    writeHead() {
      if (thrown) return undefined;
      thrown = true;
      return boom();
    },
  };
};
const gzip = ["Accept-Encoding", "gzip"];
const limits = {
  takeAll: boom,
} as never;
const rows: readonly Row[] = [
  { what: "the head of a held answer", answer: once() },
  { what: "the head of a held answer, and of the refusal", answer: { writeHead: boom } },
  { what: "the head of an encoded answer", answer: once(), headers: gzip },
  { what: "the head of a streamed answer", backend: streamed, answer: once() },
  { what: "the head of an answer without a body", backend: headOnly(304), answer: once() },
  { what: "the head of a problem in place of an answer", backend: headOnly(418), answer: once() },
  { what: "the head of a refusal", target: "/nowhere", answer: once() },
  { what: "the head of a reply", target: "/problems/gate-fault", answer: once() },
  { what: "the head of a refusal of the backend's", backend: failing, answer: once() },
  {
    what: "the head of what is hidden, later",
    target: "/hidden/a",
    backend: headOnly(404),
    answer: once(),
  },
  { what: "a streamed write", backend: streamed, answer: { write: boom } },
  { what: "the end of a streamed answer", backend: streamed, answer: { end: boom } },
  { what: "the end of a held answer", answer: { end: boom } },
  { what: "the end of an encoded answer", answer: { end: boom }, headers: gzip },
  { what: "the trailers", backend: streamed, answer: { addTrailers: boom } },
  {
    what: "the wait for the caller",
    backend: streamed,
    answer: { write: () => false, once: boom },
  },
  { what: "breaking off", backend: streamed, answer: { write: boom, destroy: boom } },
  { what: "forwarding", backend: { forward: boom } },
  {
    what: "stopping the backend",
    backend: {
      forward(_request, receiver) {
        setImmediate(() => receiver.onHead(200, typed("video/mp4")));
        return { resume: boom, abort: boom };
      },
    },
  },
  { what: "counting", ports: { limits, localLimits: limits } },
  {
    what: "counting, later",
    ports: { limits: { takeAll: () => Promise.reject(new Error("late")) } as never },
    code: "limit-unknown",
  },
];

interface Ended {
  readonly records: readonly DecisionRecord[];
  readonly troubles: readonly string[];
  readonly status: number;
  readonly ended: boolean;
}

beforeEach(() => {
  unhandled.length = 0;
});

async function exchange(row: Row): Promise<Ended> {
  const records: DecisionRecord[] = [];
  const troubles: string[] = [];
  const state = new SharedMemoryState(allocateSharedBuckets(64, [1, 2]));
  const gate = createGate({
    plan,
    ports: {
      upstream: () => row.backend ?? whole,
      limits: state,
      localLimits: state,
      record: (record) => void records.push(record),
      onTrouble: (message) => void troubles.push(message),
      ...row.ports,
    },
  });
  const seen = { status: 0, headersSent: false, ended: false };
  const own = row.answer ?? {};
  const answer: Answer = {
    get headersSent() {
      return seen.headersSent;
    },
    get writableEnded() {
      return seen.ended;
    },
    writeHead(status, headers) {
      own.writeHead?.(status, headers);
      seen.status = status;
      seen.headersSent = true;
    },
    write: (chunk) => own.write?.(chunk) ?? true,
    end(chunk?: Buffer | string) {
      (own.end as ((chunk: unknown) => unknown) | undefined)?.(chunk);
      seen.ended = true;
    },
    once: (event, listener) => own.once?.(event, listener),
    addTrailers: (trailers) => own.addTrailers?.(trailers),
    destroy() {
      seen.ended = true;
      own.destroy?.();
    },
  };
  gate.handle(
    {
      method: "GET",
      target: row.target ?? "/things/a",
      rawHeaders: ["Host", "h", ...(row.headers ?? [])],
      httpVersion: "1.1",
      peerAddress: "192.0.2.1",
      encrypted: true,
      endsWithHead: true,
      body: Readable.from([]),
    },
    answer,
  );
  for (let turns = 0; turns < 400 && (records.length === 0 || !seen.ended); turns += 1)
    await new Promise((resolve) => setTimeout(resolve, 1));
  return { records, troubles, status: seen.status, ended: seen.ended };
}

for (const row of rows)
  test(`when ${row.what} throws, that exchange alone ends, once, and is recorded`, async () => {
    const { ended, records } = await exchange(row);
    const [record, ...more] = records;
    assert.ok(ended);
    assert.deepEqual(more, []);
    assert.match(record?.traceId ?? "", /^[0-9a-f]{32}$/);
    assert.equal(record?.code, row.code ?? "gate-fault");
    assert.equal(record?.outcome, "failed");
    assert.deepEqual(unhandled, []);
    assert.equal((await exchange({ what: "the next" })).status, 200);
  });

test("a fault that no record can hold is told with its trace, and the exchange is whole", async () => {
  const { ended, status, troubles } = await exchange({
    what: "recording",
    ports: { record: boom },
  });
  assert.ok(ended);
  assert.equal(status, 200);
  assert.match(
    troubles[0] ?? "",
    /could not be recorded \(trace [0-9a-f]{32}\): a part has thrown/,
  );
  await exchange({ what: "telling", ports: { record: boom, onTrouble: boom } });
  assert.deepEqual(unhandled, []);
});
