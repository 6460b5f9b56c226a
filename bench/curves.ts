// What must not grow: the decision with the number of operations and of users; and how long a large
// document takes to serve.
import { mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decisionMicroseconds } from "./decision.ts";
import { startGate } from "./gate.ts";
import { measureTls } from "./load.ts";
import { residentMebibytes, startBackend, startNginxTls } from "./peers.ts";
import { compilePackage } from "../tools/compile-package.ts";
import { publishedPackages, root } from "../tools/published-packages.ts";
import { makeWorkload } from "./workload.ts";

const quick = process.argv.includes("--quick");
const requests = quick ? 30_000 : 150_000;
const rounds = quick ? 3 : 5;
const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** Sizes take turns, because machines change their speed while one looks. */
async function curve(
  name: string,
  aim: number,
  sizes: readonly number[],
  run: (size: number) => Promise<number>,
): Promise<void> {
  const measured = sizes.map(() => [] as number[]);
  for (let round = 0; round < rounds; round += 1)
    for (const [index, size] of sizes.entries()) measured[index]?.push(await run(size));
  console.log(`\n${name} (aim: last / first at most ${aim})`);
  for (const [index, size] of sizes.entries()) {
    const ratio = median(
      (measured[index] ?? []).map((value, round) => value / (measured[0]?.[round] ?? Number.NaN)),
    );
    console.log(
      `  ${String(size).padStart(9)}  ${median(measured[index] ?? [])
        .toFixed(1)
        .padStart(6)} µs  ${ratio.toFixed(2)}`,
    );
  }
}

await curve("decision by number of operations", 1.1, [10, 100, 2000], (operations) =>
  decisionMicroseconds({ operations, users: 1000, keys: 65_536 }, requests),
);
await curve("decision by number of users (addresses)", 1.3, [1000, 100_000, 1_000_000], (users) =>
  decisionMicroseconds({ operations: 10, users, keys: 2_097_152 }, Math.max(requests, users)),
);

const directory = mkdtempSync(join(tmpdir(), "portcullis-curves-"));
const workload = await makeWorkload(100);
const backend = await startBackend(1, directory);
for (const { folder } of publishedPackages()) compilePackage(join(root, folder));
console.log("\nstart to ready from the built packages, and memory");
for (const operations of [10, 1000]) {
  const at = join(directory, `gate-${operations}`);
  mkdirSync(at);
  const gate = await startGate(0, at, workload, `http://127.0.0.1:${backend.port}`, {
    operations,
    built: true,
  });
  console.log(
    `  ${String(operations).padStart(9)} operations  ${Math.round(gate.startedMs)} ms  ${residentMebibytes(gate.process.pid ?? 0)} MiB`,
  );
  await gate.stop();
}

console.log("\nTLS 1.3 and HTTP/2, CPU per request (h2load, 16 connections, 10 streams each)");
const at = join(directory, "gate-tls");
mkdirSync(at);
const gate = await startGate(0, at, workload, `http://127.0.0.1:${backend.port}`, {
  change: (policy) => policy.replace("tls: off", "tls: local"),
});
const nginx = await startNginxTls(
  0,
  directory,
  join(at, "state", "local-tls.crt"),
  join(at, "state", "local-tls.key"),
);
const tlsRequests = quick ? 20_000 : 60_000;
const load = (pid: number, port: number): Promise<number> =>
  measureTls(pid, port, workload, tlsRequests);
const ratios: number[] = [];
const own: number[] = [];
for (let round = 0; round <= rounds; round += 1) {
  const peer = await load(nginx.process.pid ?? 0, nginx.port);
  const mine = await load(gate.process.pid ?? 0, gate.port);
  if (round === 0) continue;
  own.push(mine);
  ratios.push(mine / peer);
}
console.log(
  `  Portcullis, full chain ${median(own).toFixed(1)} µs, ${median(ratios).toFixed(2)} × nginx doing TLS and HTTP/2 alone`,
);
await Promise.all([gate.stop(), nginx.stop(), backend.stop()]);
workload.close();
