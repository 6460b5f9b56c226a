// CPU time per request of the gate's whole chain beside nginx, HAProxy, Caddy and a bare proxy in Node: one run, one
// backend, the same tokens, each candidate alone on core 0. Figures of different runs or machines do not compare.
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startGate } from "./gate.ts";
import { measure, type Measured, writeLoadScript } from "./load.ts";
import { missingTools, residentMebibytes, startBackend, startCaddy, startHaproxy, startNginx, startUndici, type Started } from "./peers.ts";
import { makeWorkload } from "./workload.ts";

const quick = process.argv.includes("--quick");
const asJson = process.argv.includes("--json");
const seconds = quick ? 3 : 8;
const rounds = quick ? 1 : 3;

const missing = missingTools();
if (missing.length > 0) {
  console.error(`The benchmark needs ${missing.join(", ")}.\nOn Debian: apt-get install -y nginx haproxy caddy wrk nghttp2-client util-linux`);
  process.exit(2);
}
const directory = mkdtempSync(join(tmpdir(), "portcullis-bench-"));
mkdirSync(join(directory, "gate"));
const workload = await makeWorkload(1000);
const backend = await startBackend(1, directory);
const script = writeLoadScript(directory, workload);

interface Row extends Measured {
  readonly name: string;
  readonly mebibytes: number;
}
const candidates: readonly (readonly [string, () => Promise<Started>])[] = [
  ["nginx, bare proxy", () => startNginx(0, directory)],
  ["bare undici proxy", () => startUndici(0)],
  ["Caddy, bare proxy", () => startCaddy(0, directory)],
  ["HAProxy, ES256 + claims + 2 stick-tables", () => startHaproxy(0, directory, workload)],
  ["Portcullis, full chain", () => startGate(0, join(directory, "gate"), workload, `http://127.0.0.1:${backend.port}`)],
];
const rows: Row[] = [];
for (const [name, start] of candidates) {
  if (!asJson) process.stderr.write(`measuring ${name} ...\n`);
  const candidate = await start();
  const pid = candidate.process.pid ?? 0;
  await measure(pid, candidate.port, script, quick ? 2 : 5);
  const measured: Measured[] = [];
  for (let round = 0; round < rounds; round += 1) measured.push(await measure(pid, candidate.port, script, seconds));
  measured.sort((a, b) => a.cpuMicrosecondsPerRequest - b.cpuMicrosecondsPerRequest);
  rows.push({ name, ...(measured[Math.floor(rounds / 2)] as Measured), failed: measured.reduce((sum, one) => sum + one.failed, 0), mebibytes: residentMebibytes(pid) });
  await candidate.stop();
}
await backend.stop();
workload.close();

const cpuOf = (start: string): number => rows.find((row) => row.name.startsWith(start))?.cpuMicrosecondsPerRequest ?? Number.NaN;
const gate = cpuOf("Portcullis");
const ratios = { haproxyEs256: gate / cpuOf("HAProxy"), bareUndici: gate / cpuOf("bare undici"), nginxBare: gate / cpuOf("nginx") };
if (asJson) console.log(JSON.stringify({ rows, ratios }));
else {
  console.log(`${"".padEnd(44)}CPU µs/request  requests/s   p50 ms   p99 ms  MiB  failed`);
  for (const row of rows) console.log(`${row.name.padEnd(44)}${row.cpuMicrosecondsPerRequest.toFixed(1).padStart(14)}${String(row.requestsPerSecond).padStart(12)}${row.p50Ms.toFixed(2).padStart(9)}${row.p99Ms.toFixed(2).padStart(9)}${String(row.mebibytes).padStart(5)}${String(row.failed).padStart(8)}`);
  console.log(`\nfull chain / HAProxy ES256  ${ratios.haproxyEs256.toFixed(2)}   (aim: at most 0.40)`);
  console.log(`full chain / bare undici    ${ratios.bareUndici.toFixed(2)}   (aim: at most 1.25)`);
  console.log(`full chain / nginx bare     ${ratios.nginxBare.toFixed(2)}   (aim: 3)`);
}
writeFileSync(join(import.meta.dirname, "last.json"), `${JSON.stringify({ rows, ratios }, null, 2)}\n`);
if (rows.some((row) => row.failed > 0)) process.exitCode = 1;
