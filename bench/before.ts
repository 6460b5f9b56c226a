// What a change has brought: this checkout beside an older one and beside bare proxies, in turns, so
// that each round's figures are of one moment. `node tools/run.mjs bench/before.ts FOLDER [ROUNDS]`.
import { mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { startGate, type StartedGate } from "./gate.ts";
import { measure, measureTls, writeLoadScript } from "./load.ts";
import { startBackend, startNginx, startNginxTls, startUndici, type Started } from "./peers.ts";
import { makeWorkload } from "./workload.ts";

const folder = process.argv[2];
if (folder === undefined) {
  console.error("Say in which folder the older checkout lies, with its node_modules.");
  process.exit(2);
}
const rounds = Number(process.argv[3] ?? 5);
const seconds = 2;
const warmSeconds = 12;
const tlsRequests = 8000;

const directory = mkdtempSync(join(tmpdir(), "portcullis-before-"));
const workload = await makeWorkload(1000);
const backend = await startBackend(1, directory);
const script = writeLoadScript(directory, workload);
const startIn = (name: string, checkout: string, tls: boolean): Promise<StartedGate> => {
  const at = join(directory, name);
  mkdirSync(at);
  return startGate(0, at, workload, `http://127.0.0.1:${backend.port}`, {
    checkout,
    change: (policy) => (tls ? policy.replace("tls: off", "tls: local") : policy),
  });
};
const here = join(import.meta.dirname, "..");
const before = resolve(folder);
const plain: readonly (readonly [string, Started])[] = [
  ["nginx, bare proxy", await startNginx(0, directory)],
  ["bare undici proxy", await startUndici(0)],
  ["before", await startIn("before", before, false)],
  ["now", await startIn("now", here, false)],
];
const overTls: readonly (readonly [string, Started])[] = [
  ["before, TLS and HTTP/2", await startIn("before-tls", before, true)],
  ["now, TLS and HTTP/2", await startIn("now-tls", here, true)],
];
const state = join(directory, "now-tls", "state");
const nginxTls = await startNginxTls(
  0,
  directory,
  join(state, "local-tls.crt"),
  join(state, "local-tls.key"),
);
const candidates: readonly {
  readonly name: string;
  readonly spent: number[];
  readonly once: (isWarm: boolean) => Promise<number>;
}[] = [
  ...plain.map(([name, { port, process }]) => ({
    name,
    spent: [],
    once: async (isWarm: boolean) =>
      (await measure(process.pid ?? 0, port, script, isWarm ? seconds : warmSeconds))
        .cpuMicrosecondsPerRequest,
  })),
  ...[["nginx, TLS and HTTP/2", nginxTls] as const, ...overTls].map(([name, one]) => ({
    name,
    spent: [],
    once: (isWarm: boolean) =>
      measureTls(one.process.pid ?? 0, one.port, workload, isWarm ? tlsRequests : 3 * tlsRequests),
  })),
];
for (const { once } of candidates) await once(false);
for (let round = 0; round < rounds; round += 1)
  for (const { once, spent } of candidates) spent.push(await once(true));

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
const spentOf = (name: string): readonly number[] =>
  candidates.find((one) => one.name === name)?.spent ?? [];
for (const { name, spent } of candidates)
  console.log(`${median(spent).toFixed(1).padStart(8)} µs  ${name}`);
/** The median of the rounds' ratios, not the ratio of medians. */
for (const [one, other] of [
  ["now", "before"],
  ["now", "bare undici proxy"],
  ["now", "nginx, bare proxy"],
  ["now, TLS and HTTP/2", "before, TLS and HTTP/2"],
  ["now, TLS and HTTP/2", "nginx, TLS and HTTP/2"],
] as const) {
  const ratios = spentOf(one).map((spent, round) => spent / (spentOf(other)[round] ?? Number.NaN));
  console.log(`${median(ratios).toFixed(2).padStart(8)} ×   ${one} / ${other}`);
}
for (const [, one] of [...plain, ...overTls]) await one.stop();
await nginxTls.stop();
await backend.stop();
workload.close();
