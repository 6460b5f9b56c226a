// What large bodies cost: uploads and downloads of ten megabytes through the gate and through nginx,
// in turns. CPU time of each program; what a whole core would carry follows from it.
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startGate } from "./gate.ts";
import { cpuMicroseconds, residentMebibytes, startNginx, type Started } from "./peers.ts";
import { makeWorkload } from "./workload.ts";

const rounds = Number(process.argv[2] ?? 7);
const bodiesEach = 12;
const megabytes = 10;
const body = Buffer.alloc(megabytes * 1_000_000, "a photograph ");

const backend = createServer((incoming, response) => {
  incoming.resume().on("end", () => {
    const type = { "Content-Type": "application/octet-stream" };
    if (incoming.method === "GET")
      response.writeHead(200, { ...type, "Content-Length": body.length }).end(body);
    else response.writeHead(200, { ...type, "Content-Length": 2 }).end("ok");
  });
}).listen(0, "127.0.0.1");
await new Promise((resolve) => backend.once("listening", resolve));
const { port: behind } = backend.address() as AddressInfo;

const directory = mkdtempSync(join(tmpdir(), "portcullis-bodies-"));
const at = join(directory, "gate");
mkdirSync(at);
const content = "content: { application/octet-stream: {} }";
const answers = `responses: { "200": { description: ok, ${content} } }`;
writeFileSync(
  join(at, "bodies.yaml"),
  `openapi: 3.1.0
info: { title: Bodies, version: v1 }
security: []
paths:
  /v1/photo:
    get: { operationId: getPhoto, ${answers} }
    put: { operationId: putPhoto, requestBody: { ${content} }, ${answers} }
`,
);
const policy = `portcullis: 1
mode: enforce
listen: { port: 0, threads: 1, tls: off }
admin: { port: 0 }
apis: [{ openapi: ./bodies.yaml, upstream: "http://127.0.0.1:${behind}" }]
operations: [{ match: putPhoto, maxBodySize: 20MB }]
`;
const workload = await makeWorkload(1);
const candidates: readonly (readonly [string, Started])[] = [
  ["nginx", await startNginx(0, directory, behind)],
  ["the gate", await startGate(0, at, workload, "", { change: () => policy })],
];

/** One body after another. */
async function carry(port: number, method: "GET" | "PUT"): Promise<void> {
  for (let count = 0; count < bodiesEach; count += 1)
    await new Promise<void>((resolve, reject) => {
      const sent = method === "PUT" ? { "Content-Length": body.length } : {};
      request({ port, method, path: "/v1/photo", headers: { Host: "a", ...sent } }, (answer) => {
        let bytes = 0;
        const wanted = method === "GET" ? body.length : 2;
        answer.on("data", (part: Buffer) => (bytes += part.length)).on("error", reject);
        answer.on("end", () =>
          answer.statusCode === 200 && bytes === wanted
            ? resolve()
            : reject(new Error(`${answer.statusCode} with ${bytes} bytes`)),
        );
      })
        .on("error", reject)
        .end(method === "PUT" ? body : undefined);
    });
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
for (const method of ["GET", "PUT"] as const) {
  const spent = candidates.map((): number[] => []);
  for (let round = -1; round < rounds; round += 1)
    for (const [index, [, { port, process: program }]] of candidates.entries()) {
      const before = cpuMicroseconds(program.pid ?? 0);
      await carry(port, method);
      const cpu = cpuMicroseconds(program.pid ?? 0) - before;
      if (round >= 0) spent[index]?.push(cpu / bodiesEach / megabytes);
    }
  const [nginx = [], gate = []] = spent;
  console.log(method === "GET" ? "downloads" : "uploads");
  for (const [index, [name]] of candidates.entries()) {
    const each = median(spent[index] ?? []);
    console.log(
      `  ${name.padEnd(10)}${each.toFixed(0).padStart(6)} µs CPU a megabyte, ${(1e6 / each).toFixed(0)} MB/s a core`,
    );
  }
  const share = median(nginx.map((one, round) => one / (gate[round] ?? Number.NaN)));
  console.log(`  the gate's throughput per core: ${share.toFixed(2)} × nginx (aim: 0.8)`);
}
for (const [name, { process: program }] of candidates)
  console.log(`${name}: ${residentMebibytes(program.pid ?? 0)} MiB resident afterwards`);
for (const [, one] of candidates) await one.stop();
workload.close();
backend.closeAllConnections();
backend.close();
