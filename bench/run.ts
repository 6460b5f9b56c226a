// CPU time per request of the gate's whole chain beside nginx, HAProxy, Caddy and a bare proxy in
// Node: one run, one backend, the same tokens, each candidate on core 0 in turn. Figures of
// different runs or machines do not compare.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startGate } from "./gate.ts";
import { measure, type Measured, writeLoadScript } from "./load.ts";
import {
  missingTools,
  residentMebibytes,
  startBackend,
  startCaddy,
  startHaproxy,
  startNginx,
  startUndici,
  type Started,
} from "./peers.ts";
import { makeWorkload } from "./workload.ts";

// Where the time goes stands on a page of its own.
if (process.argv.includes("--profile")) {
  await import("./profile.ts");
  process.exit();
}
const quick = process.argv.includes("--quick");
const asJson = process.argv.includes("--json");
const seconds = 2;
const rounds = quick ? 3 : 12;

const missing = missingTools();
if (missing.length > 0) {
  console.error(
    `The benchmark needs ${missing.join(", ")}.\nOn Debian: apt-get install -y nginx haproxy caddy wrk nghttp2-client util-linux`,
  );
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
  [
    "Portcullis, full chain",
    () => startGate(0, join(directory, "gate"), workload, `http://127.0.0.1:${backend.port}`),
  ],
];
const running: {
  readonly name: string;
  readonly started: Started;
  readonly measured: Measured[];
}[] = [];
for (const [name, start] of candidates) {
  const started = await start();
  running.push({ name, started, measured: [] });
  // Long enough for a compiler to settle, and for every token to be seen.
  await measure(started.process.pid ?? 0, started.port, script, quick ? 2 : 5);
}
// Machines change their speed while one looks: the candidates take turns, so that each round's are
// of one moment.
for (let round = 1; round <= rounds; round += 1) {
  if (!asJson) process.stderr.write(`round ${round} of ${rounds}\n`);
  for (const { measured, started } of running)
    measured.push(await measure(started.process.pid ?? 0, started.port, script, seconds));
}
const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
const rows: Row[] = [];
for (const { measured, name, started } of running) {
  const of = (read: (one: Measured) => number): number => median(measured.map(read));
  rows.push({
    name,
    requests: measured.reduce((sum, one) => sum + one.requests, 0),
    failed: measured.reduce((sum, one) => sum + one.failed, 0),
    cpuMicrosecondsPerRequest: of((one) => one.cpuMicrosecondsPerRequest),
    requestsPerSecond: of((one) => one.requestsPerSecond),
    p50Ms: of((one) => one.p50Ms),
    p99Ms: of((one) => one.p99Ms),
    mebibytes: residentMebibytes(started.process.pid ?? 0),
  });
  await started.stop();
}
await backend.stop();
workload.close();

/** The median of the rounds' ratios, not the ratio of medians. */
const ratioTo = (start: string): number => {
  const gate = running.at(-1)?.measured ?? [];
  const peer = running.find((one) => one.name.startsWith(start))?.measured ?? [];
  return median(
    gate.map(
      (one, round) =>
        one.cpuMicrosecondsPerRequest / (peer[round]?.cpuMicrosecondsPerRequest ?? Number.NaN),
    ),
  );
};
const ratios = {
  haproxyEs256: ratioTo("HAProxy"),
  bareUndici: ratioTo("bare undici"),
  nginxBare: ratioTo("nginx"),
};
if (asJson) console.log(JSON.stringify({ rows, ratios }));
else {
  console.log(`${"".padEnd(44)}CPU µs/request  requests/s   p50 ms   p99 ms  MiB  failed`);
  for (const row of rows)
    console.log(
      `${row.name.padEnd(44)}${row.cpuMicrosecondsPerRequest.toFixed(1).padStart(14)}${String(row.requestsPerSecond).padStart(12)}${row.p50Ms.toFixed(2).padStart(9)}${row.p99Ms.toFixed(2).padStart(9)}${String(row.mebibytes).padStart(5)}${String(row.failed).padStart(8)}`,
    );
  console.log(
    `\nfull chain / HAProxy ES256  ${ratios.haproxyEs256.toFixed(2)}   (aim: at most 0.40)`,
  );
  console.log(`full chain / bare undici    ${ratios.bareUndici.toFixed(2)}   (aim: at most 1.25)`);
  console.log(`full chain / nginx bare     ${ratios.nginxBare.toFixed(2)}   (aim: 3)`);
}
writeFileSync(
  join(import.meta.dirname, "last.json"),
  `${JSON.stringify({ rows, ratios }, null, 2)}\n`,
);
if (rows.some((row) => row.failed > 0)) process.exitCode = 1;

// What must not grow stands on a page of its own; the numbers are those of the same machine.
if (!asJson)
  spawnSync(
    process.execPath,
    [
      "--conditions=@portcullis/source",
      "--disable-warning=ExperimentalWarning",
      join(import.meta.dirname, "curves.ts"),
      ...(quick ? ["--quick"] : []),
    ],
    { stdio: "inherit" },
  );
