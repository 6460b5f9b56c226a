import { once } from "node:events";
import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createGate, type DecisionRecord } from "@portcullis/guard";
import { nodeHttpDoor } from "@portcullis/guard/node-http";
import { allocateSharedBuckets, SharedMemoryState } from "@portcullis/guard/state";
import { loadPolicy } from "../../packages/server/src/policy/load-policy.ts";
import {
  createUpstream,
  type PooledUpstream,
  upstreamDefaults,
} from "../../packages/server/src/upstream/upstream-pool.ts";

const document = `openapi: 3.1.0
info: { title: Edge, version: "1" }
security: []
paths:
  /bytes:
    post:
      operationId: bytes
      requestBody: { content: { "*/*": {} } }
      responses: { "200": { description: ok } }
  /things:
    get: { operationId: things, responses: { "200": { description: ok } } }
    post:
      operationId: makeThing
      requestBody: { content: { application/json: { schema: { type: object } } } }
      responses: { "200": { description: ok } }
`;

/** A gate over plain HTTP before real backends, with its records. */
export interface Edge {
  readonly port: number;
  readonly upstream: PooledUpstream;
  readonly records: readonly DecisionRecord[];
  close(): Promise<void>;
}

export async function edgeBefore(
  target: string,
  options: Partial<typeof upstreamDefaults> = {},
): Promise<Edge> {
  const folder = mkdtempSync(join(tmpdir(), "portcullis-edge-"));
  const file = join(folder, "portcullis.yaml");
  writeFileSync(join(folder, "openapi.yaml"), document);
  writeFileSync(
    file,
    `portcullis: 1
mode: { default: enforce, disclosure: off }
limits: { admission: off }
apis: [{ openapi: openapi.yaml, upstream: "${target}" }]
operations: [{ match: bytes, maxBodySize: 8MiB }]
`,
  );
  const { faults, plan } = await loadPolicy({ file, environment: {}, flags: [] });
  if (plan === undefined) throw new Error(faults.map(({ message }) => message).join("\n"));
  const upstream = createUpstream({ ...upstreamDefaults, ...options, targets: [target] });
  const state = new SharedMemoryState(allocateSharedBuckets(1024, [1, 2]));
  const records: DecisionRecord[] = [];
  const gate = createGate({
    plan,
    ports: {
      upstream: () => upstream,
      limits: state,
      localLimits: state,
      record: (one) => void records.push(one),
    },
  });
  const server = createServer(nodeHttpDoor(gate)).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    upstream,
    records,
    async close() {
      server.closeAllConnections();
      server.close();
      gate.close();
      await upstream.close();
    },
  };
}
