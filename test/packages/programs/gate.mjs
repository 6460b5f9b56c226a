// A gate in somebody's own program: a policy, a document, and a backend that is a function.
import { createGate, definePolicy } from "@portcullis/guard";
import { readOpenApi } from "@portcullis/guard/documents";
import { allocateSharedBuckets, SharedMemoryState } from "@portcullis/guard/state";
import { Readable } from "node:stream";

const { document } = readOpenApi("openapi.yaml");
const limits = new SharedMemoryState(allocateSharedBuckets(1024, [1, 2]));
const gate = createGate({
  policy: definePolicy({
    portcullis: 1,
    mode: "enforce",
    apis: [{ openapi: "openapi.yaml", upstream: { targets: ["http://127.0.0.1:9"] } }],
  }),
  documents: [document],
  ports: {
    limits,
    localLimits: limits,
    record: () => undefined,
    upstream: () => ({
      forward(request, receiver) {
        receiver.onHead(200, ["Content-Type", "application/json"]);
        receiver.onEnd([]);
        return { resume() {}, abort() {} };
      },
    }),
  },
});
const arrival = (target) => ({
  method: "GET",
  target,
  rawHeaders: ["Host", "h"],
  httpVersion: "1.1",
  peerAddress: "192.0.2.1",
  encrypted: true,
  endsWithHead: true,
  body: Readable.from([]),
});
const statusOf = (target) =>
  new Promise((resolve) =>
    gate.handle(arrival(target), {
      headersSent: false,
      writableEnded: true,
      writeHead: resolve,
      write: () => true,
      end: () => undefined,
      once: () => undefined,
      destroy: () => undefined,
    }),
  );
const { refusal } = await gate.explain(arrival("/forgotten"));
console.log(await statusOf("/rates"), await statusOf("/forgotten"), refusal.problem.code);
gate.close();
