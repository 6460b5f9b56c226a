import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startGate } from "../../../examples/harbour/gate.ts";
import { call, type Ends, type Kind, openIssuer } from "./soak-traffic.ts";

const minutes = Number(process.env["PORTCULLIS_TEST_SOAK_MINUTES"] ?? 30);
const audience = "https://api.soak.example";
const sampleEveryMs = 5000;
/** Of memory, from when it must be flat. */
const settledAfterMs = 600_000;
const mostGrowth = 0.05;

const document = `openapi: 3.1.0
info: { title: t, version: "1" }
security: [{ token: [] }]
components: { securitySchemes: { token: { type: http, scheme: bearer } } }
paths:
  /small: { get: { operationId: small, responses: { "200": { description: ok, content: { application/json: { schema: { type: object } } } } } } }
  /large: { get: { operationId: large, responses: { "200": { description: ok, content: { "*/*": {} } } } } }
  /upload: { post: { operationId: upload, requestBody: { content: { application/octet-stream: {} } }, responses: { "200": { description: ok } } } }
`;

const kinds: readonly Kind[] = [
  { name: "fresh tokens", method: "GET", path: "/small", pauseMs: 10 },
  { name: "fresh tokens", method: "GET", path: "/small", pauseMs: 10 },
  { name: "large answers", method: "GET", path: "/large", pauseMs: 100 },
  { name: "uploads", method: "POST", path: "/upload", body: Buffer.alloc(200_000), pauseMs: 50 },
  ...Array.from({ length: 10 }, () => ({
    name: "slow readers",
    method: "GET",
    path: "/large",
    rate: 100_000,
    pauseMs: 100,
  })),
];

/** A backend that fails when it is told to, in every answer. */
async function openBackend(): Promise<{ url: string; fails: boolean; close(): void }> {
  const backend = { url: "", fails: false, close: () => void server.close() };
  const server: Server = createServer((incoming, response) => {
    incoming.resume().once("end", () => {
      // What was sent once is not sent again: uploads are answered all the same.
      if (backend.fails && incoming.method === "GET") response.writeHead(503).end();
      else if (incoming.url === "/large")
        response.writeHead(200, { "Content-Type": "application/octet-stream" }).end(large);
      else response.writeHead(200, { "Content-Type": "application/json" }).end('{"ok":true}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  backend.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return backend;
}
const large = Buffer.alloc(2_000_000);

interface Sample {
  readonly atMs: number;
  readonly memoryMb: number;
  readonly descriptors: number;
}

const sampleOf = (pid: number, atMs: number): Sample => ({
  atMs,
  memoryMb: Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024,
  descriptors: readdirSync(`/proc/${pid}/fd`).length,
});

/** The mean of a part of the run. */
const meanOf = (samples: readonly Sample[], of: "memoryMb" | "descriptors"): number =>
  samples.reduce((sum, sample) => sum + sample[of], 0) / Math.max(1, samples.length);

/**
 * Mixed traffic for `PORTCULLIS_TEST_SOAK_MINUTES` (30), with a reload each minute and one of two
 * backends failing in turn: nothing fails, and from the tenth minute on memory and descriptors are
 * flat.
 */
export async function soak(): Promise<void> {
  const issuer = await openIssuer(audience);
  const backends = [await openBackend(), await openBackend()] as const;
  const directory = mkdtempSync(join(tmpdir(), "portcullis-soak-"));
  const policyFile = join(directory, "portcullis.yaml");
  const policy = (round: number): string => `portcullis: 1
mode: { default: enforce, limit: off }
listen: { port: 0, threads: 2 }
admin: { port: 0 }
apis: [{ openapi: openapi.yaml, upstream: { targets: [${backends.map(({ url }) => `"${url}"`).join(", ")}] } }]
identity: { issuer: "${issuer.issuer}", jwksUri: "${issuer.issuer}/jwks", audience: "${audience}" }
limits: { keys: ${10_000 + (round % 2)} }
`;
  writeFileSync(join(directory, "openapi.yaml"), document);
  writeFileSync(policyFile, policy(0));
  const gate = await startGate(["--config", policyFile], join(directory, "state"));
  const pid = gate.process.pid as number;
  const ends: Ends = {};
  const samples: Sample[] = [];
  const until = performance.now() + minutes * 60_000;
  const isOver = (): boolean => performance.now() >= until;
  const disturb = async (): Promise<void> => {
    for (let round = 1; !isOver(); round += 1) {
      const failing = backends[round % 2];
      if (failing !== undefined) failing.fails = true;
      await sleep(20_000);
      if (failing !== undefined) failing.fails = false;
      await sleep(40_000);
      writeFileSync(policyFile, policy(round));
    }
  };
  const watch = async (): Promise<void> => {
    for (const beganAt = performance.now(); !isOver(); await sleep(sampleEveryMs))
      samples.push(sampleOf(pid, performance.now() - beganAt));
  };
  await sleep(1000);
  try {
    await Promise.all([
      watch(),
      ...kinds.map((kind) => call(gate, kind, () => issuer.token(), ends, isOver)),
      Promise.race([disturb(), sleep(minutes * 60_000)]),
    ]);
    report(samples, ends);
  } finally {
    gate.process.kill("SIGKILL");
    issuer.close();
    for (const backend of backends) backend.close();
  }
}

function report(samples: readonly Sample[], ends: Ends): void {
  console.log(ends);
  const minute = (sample: Sample): number => Math.floor(sample.atMs / 60_000);
  for (let at = 0; at < minutes; at += 1) {
    const within = samples.filter((sample) => minute(sample) === at);
    console.log(
      `minute ${at}: ${meanOf(within, "memoryMb").toFixed(0)} MB, ${meanOf(within, "descriptors").toFixed(0)} descriptors`,
    );
  }
  assert.deepEqual(
    Object.keys(ends).filter((end) => !end.endsWith(": 200")),
    [],
  );
  const settled = samples.filter(({ atMs }) => atMs >= settledAfterMs);
  const half = Math.floor(settled.length / 2);
  if (half < 12) return;
  for (const what of ["memoryMb", "descriptors"] as const) {
    const growth = meanOf(settled.slice(half), what) / meanOf(settled.slice(0, half), what) - 1;
    assert.ok(growth <= mostGrowth, `${what} grew by ${(growth * 100).toFixed(1)} %`);
  }
}
