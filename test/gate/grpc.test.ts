import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, writeFileSync } from "node:fs";
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  createServer,
  type ServerHttp2Stream,
} from "node:http2";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { createGate, type DecisionRecord } from "@portcullis/guard";
import { nodeHttp2Door, StreamAnswer, StreamArrival } from "@portcullis/guard/node-http";
import { allocateSharedBuckets, SharedMemoryState } from "@portcullis/guard/state";
import { loadPolicy } from "../../packages/server/src/policy/load-policy.ts";
import {
  createUpstream,
  upstreamDefaults,
} from "../../packages/server/src/upstream/upstream-pool.ts";

const closing: (() => unknown)[] = [];
after(() => closing.forEach((close) => close()));

const grpc = "{ content: { application/grpc: {} } }";
const document = `openapi: 3.1.0
info: { title: Bank, version: v1 }
security: []
paths:
  /bank.Accounts/Watch:
    post: { operationId: watch, requestBody: ${grpc}, responses: { "200": { description: ok, content: { application/grpc: {} } } } }
`;

/** Length-prefixed, as gRPC over HTTP/2 frames messages. */
const message = (text: string): Buffer => {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(Buffer.byteLength(text), 1);
  return Buffer.concat([head, Buffer.from(text)]);
};

/** Says every message again in upper case, at once; and at the end how many there were. */
function echo(stream: ServerHttp2Stream, headers: Record<string, unknown>): void {
  let messages = 0;
  stream.respond(
    { ":status": 200, "content-type": "application/grpc", "x-te": String(headers["te"]) },
    { waitForTrailers: true },
  );
  stream.on("wantTrailers", () =>
    stream.sendTrailers({ "grpc-status": "0", "grpc-message": `${messages} messages` }),
  );
  stream.on("data", (part: Buffer) => {
    messages += 1;
    stream.write(message(part.subarray(5).toString().toUpperCase()));
  });
  stream.on("end", () => stream.end()).on("error", () => undefined);
}

/** A gate in this process, with HTTP/2 on both sides. */
async function startGate(
  answer: (stream: ServerHttp2Stream, headers: Record<string, unknown>) => void,
): Promise<{ readonly client: ClientHttp2Session; readonly records: readonly DecisionRecord[] }> {
  const backend = createServer().on("stream", answer);
  await once(backend.listen(0, "127.0.0.1"), "listening");
  const directory = mkdtempSync(join(tmpdir(), "portcullis-grpc-"));
  writeFileSync(join(directory, "openapi.yaml"), document);
  const file = join(directory, "portcullis.yaml");
  writeFileSync(
    file,
    `portcullis: 1
mode: enforce
apis: [{ openapi: ./openapi.yaml, upstream: { targets: "http://127.0.0.1:${(backend.address() as AddressInfo).port}", protocol: h2 } }]
`,
  );
  const { faults, plan } = await loadPolicy({ file, environment: {}, flags: [] });
  if (plan === undefined) throw new Error(JSON.stringify(faults));
  const records: DecisionRecord[] = [];
  const state = new SharedMemoryState(allocateSharedBuckets(1024, [1, 2]));
  const gate = createGate({
    plan,
    ports: {
      upstream: ({ protocol, targets }) => {
        const upstream = createUpstream({ ...upstreamDefaults, targets, protocol });
        closing.push(() => upstream.close());
        return upstream;
      },
      limits: state,
      localLimits: state,
      record: (record) => records.push(record),
    },
  });
  const door = nodeHttp2Door(gate);
  const server = createServer().on("stream", (stream: ServerHttp2Stream, headers, _flags, raw) =>
    door(new StreamArrival(stream, headers, raw), new StreamAnswer(stream)),
  );
  await once(server.listen(0, "127.0.0.1"), "listening");
  const client = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  closing.push(
    () => client.close(),
    () => server.close(),
    () => backend.close(),
  );
  return { client, records };
}

const call = (client: ClientHttp2Session): ClientHttp2Stream =>
  client.request({
    ":method": "POST",
    ":path": "/bank.Accounts/Watch",
    "content-type": "application/grpc",
    te: "trailers",
  });

test("gRPC streams both ways through the gate, message by message, and its trailers arrive", async () => {
  const { client, records } = await startGate(echo);
  const stream = call(client);
  const trailers = once(stream, "trailers");
  const head = once(stream, "response");
  stream.write(message("one"));
  const [headers] = (await head) as [Record<string, string>];
  assert.equal(headers[":status"], 200);
  assert.equal(headers["x-te"], "trailers");
  for (const [said, next] of [
    ["ONE", "two"],
    ["TWO", "three"],
    ["THREE", undefined],
  ] as const) {
    const [part] = (await once(stream, "data")) as [Buffer];
    assert.equal(part.subarray(5).toString(), said);
    if (next === undefined) stream.end();
    else stream.write(message(next));
  }
  const [told] = (await trailers) as [Record<string, string>];
  assert.equal(told["grpc-status"], "0");
  assert.equal(told["grpc-message"], "3 messages");
  await once(stream, "close");
  assert.deepEqual(
    records.map(({ outcome, status }) => [outcome, status]),
    [["passed", 200]],
  );
});

test("a call that its caller takes back is taken back from the backend, too", async () => {
  let taken: (code: number | undefined) => void;
  const reset = new Promise<number | undefined>((resolve) => (taken = resolve));
  const { client, records } = await startGate((stream, headers) => {
    echo(stream, headers);
    stream.on("close", () => taken(stream.rstCode));
  });
  const stream = call(client).on("error", () => undefined);
  stream.write(message("one"));
  await once(stream, "data");
  stream.close(8);
  assert.equal(await reset, 8);
  assert.equal(records.length, 1);
});
