// The journey alone, in process: no sockets, a backend that answers at once. What a middleware user
// pays, and where it goes.
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getHeapStatistics } from "node:v8";
import { Readable } from "node:stream";
import { type Answer, createGate } from "@portcullis/guard";
import { allocateSharedRecords, RecordReader, RecordWriter } from "@portcullis/guard/records";
import { allocateSharedBuckets, SharedMemoryState } from "@portcullis/guard/state";
import { type Jwks, KeyRing } from "@portcullis/guard/tokens";
import type { Upstream } from "@portcullis/guard/upstream";
import { loadPolicy } from "../packages/server/src/policy/load-policy.ts";
import { benchDocument, benchPolicy, makeWorkload } from "./workload.ts";

export interface DecisionBench {
  readonly operations: number;
  readonly users: number;
  readonly keys: number;
}

/** CPU microseconds per decision, at the given sizes. */
export const decisionMicroseconds = async (
  sizes: DecisionBench,
  requests: number,
): Promise<number> => (await decisionCost(sizes, requests)).microseconds;

export interface DecisionCost {
  readonly microseconds: number;
  /** What is allocated for each, with the parts of the request and the answer that this file makes. */
  readonly allocatedBytes: number;
}

/** What one decision costs, at the given sizes. */
export async function decisionCost(
  { keys, operations, users }: DecisionBench,
  requests: number,
): Promise<DecisionCost> {
  const directory = mkdtempSync(join(tmpdir(), "portcullis-decision-"));
  const workload = await makeWorkload(Math.min(users, 1000));
  writeFileSync(join(directory, "openapi.yaml"), benchDocument(operations));
  const file = join(directory, "portcullis.yaml");
  writeFileSync(file, benchPolicy(workload, "http://127.0.0.1:9"));
  const { faults, plan } = await loadPolicy({ file, environment: {}, flags: [] });
  if (plan === undefined) throw new Error(JSON.stringify(faults));
  const jwks = (await (await fetch(`${workload.issuer}/jwks`)).json()) as Jwks;
  workload.close();
  const state = new SharedMemoryState(allocateSharedBuckets(keys, [1, 2]));
  const answerHeaders = [
    "Content-Type",
    "application/json",
    "Content-Length",
    "211",
    "Server",
    "x",
    "Date",
    "Sat, 21 Nov 2026 00:00:00 GMT",
  ];
  // Made ahead: what is measured is what the gate makes.
  const noAnswer = Buffer.from("{}");
  const answers = new Map(
    workload.tokens.map(({ subject }) => [`/v1/accounts/${subject}`, answerOf(subject)]),
  );
  const asked = workload.tokens.map(({ subject, token }) => ({
    target: flat(`/v1/accounts/${subject}`),
    authorization: flat(`Bearer ${token}`),
  }));
  const addresses = Array.from({ length: users }, (_, index) => flat(addressOf(index)));
  const upstream: Upstream = {
    forward(request, receiver) {
      receiver.onHead(200, answerHeaders);
      receiver.onData(answers.get(request.target) ?? noAnswer);
      receiver.onEnd([]);
      return { resume: () => undefined, abort: () => undefined };
    },
  };
  const shared = allocateSharedRecords();
  const [writer, reader] = [new RecordWriter(shared), new RecordReader(shared)];
  let records = 0;
  let refused = 0;
  const gate = createGate({
    plan,
    ports: {
      upstream: () => upstream,
      limits: state,
      localLimits: state,
      keys: new KeyRing(jwks),
      record: (record) => {
        if (!writer.write(record) || writer.isFilling) records += reader.read(() => undefined);
        if (record.outcome !== "passed") refused += 1;
      },
    },
  });
  const body = Readable.from([]);
  const answer: Answer = {
    headersSent: false,
    writableEnded: true,
    writeHead: () => undefined,
    write: () => true,
    end: () => undefined,
    once: () => undefined,
    destroy: () => undefined,
  };
  const one = (index: number): void => {
    const { authorization, target } = asked[index % asked.length] as (typeof asked)[number];
    const arrival = {
      method: "GET",
      target,
      rawHeaders: [
        "Host",
        "api.bench.example",
        "Authorization",
        authorization,
        "Portcullis-App",
        "bench-app/3.4.1",
        "Accept",
        "application/json",
      ],
      httpVersion: "1.1",
      peerAddress: addresses[index % users] as string,
      encrypted: false,
      endsWithHead: false,
      body,
    };
    gate.handle(arrival, answer);
  };
  for (let index = 0; index < Math.max(20_000, users); index += 1) one(index);
  const [before, allocated] = [process.cpuUsage(), allocatedBytes()];
  for (let index = 0; index < requests; index += 1) one(index);
  const { system, user } = process.cpuUsage(before);
  const allocatedSince = allocatedBytes() - allocated;
  records += reader.read(() => undefined);
  if (refused > 0 || records === 0) throw new Error(`${refused} requests were refused`);
  return {
    microseconds: (user + system) / requests,
    allocatedBytes: allocatedSince / requests,
  };
}

const allocatedBytes = (): number =>
  (getHeapStatistics() as { readonly total_allocated_bytes?: number }).total_allocated_bytes ??
  Number.NaN;

/** One text of its own, as a parser makes them, and not two that are yet to be joined. */
const flat = (text: string): string => Buffer.from(text).toString("latin1");

const answerOf = (id: string): Buffer =>
  Buffer.from(
    `{"id":"a-${id}","customerId":"${id}","iban":"NL02HARB0000000001","currency":"EUR","balance":125000,"limits":[{"kind":"daily","amount":50000},{"kind":"monthly","amount":500000}]}`,
  );

const addressOf = (index: number): string =>
  `10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`;

if (import.meta.main) {
  const requests = process.argv.includes("--quick") ? 50_000 : 300_000;
  const cost = await decisionCost({ operations: 10, users: 1000, keys: 65_536 }, requests);
  console.log(
    `decision, in process: ${cost.microseconds.toFixed(1)} µs CPU (aim: at most 9), ${Math.round(cost.allocatedBytes)} bytes allocated (aim: at most 2000)`,
  );
}
