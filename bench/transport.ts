// CPU time per request of a bare hop in Node: node:http in front, and behind it undici, the gate's
// own connections, or nobody. One run, the same nginx backend, the candidates take turns on core 0.
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { measure, writeLoadScript } from "./load.ts";
import { ports, startBackend, startNginx, startOn, startUndici, type Started } from "./peers.ts";
import { makeWorkload } from "./workload.ts";

const rounds = Number(process.argv[2] ?? 12);
const seconds = 1;
const directory = mkdtempSync(join(tmpdir(), "portcullis-transport-"));
const workload = await makeWorkload(100);
const backend = await startBackend(1, directory);
const script = writeLoadScript(directory, workload);

const startOwn = (port: number, behind: number): Promise<Started> =>
  startOn(
    0,
    process.execPath,
    [
      "--conditions=@portcullis/source",
      "--disable-warning=ExperimentalWarning",
      join(import.meta.dirname, "socket-proxy.ts"),
      String(port),
      String(behind),
    ],
    port,
  );

const candidates: readonly (readonly [string, () => Promise<Started>])[] = [
  ["nginx, bare proxy", () => startNginx(0, directory)],
  ["node:http, undici behind it", () => startUndici(0)],
  ["node:http, own connections behind it", () => startOwn(9111, ports.backend)],
  ["node:http, nobody behind it", () => startOwn(9112, 0)],
];
const running: { name: string; started: Started; spent: number[]; failed: number }[] = [];
for (const [name, start] of candidates) {
  const started = await start();
  running.push({ name, started, spent: [], failed: 0 });
  await measure(started.process.pid ?? 0, started.port, script, 2);
}
for (let round = 0; round < rounds; round += 1)
  for (const one of running) {
    const { pid = 0 } = one.started.process;
    const measured = await measure(pid, one.started.port, script, seconds);
    one.spent.push(measured.cpuMicrosecondsPerRequest);
    one.failed += measured.failed;
  }

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
const [, undici, own, nobody] = running.map(({ spent }) => spent);
const ratios = (read: (round: number) => number): number =>
  median((own ?? []).map((_, round) => read(round)));
const at = (spent: readonly number[] | undefined, round: number): number =>
  spent?.[round] ?? Number.NaN;
for (const { failed, name, spent } of running)
  console.log(`${name.padEnd(40)}${median(spent).toFixed(1).padStart(7)} µs  ${failed} failed`);
const whole = ratios((round) => at(own, round) / at(undici, round));
const alone = ratios(
  (round) => (at(own, round) - at(nobody, round)) / (at(undici, round) - at(nobody, round)),
);
console.log(`\nthe hop, own / undici            ${whole.toFixed(2)}`);
console.log(`what is behind it, own / undici  ${alone.toFixed(2)}`);
await Promise.all([...running.map(({ started }) => started.stop()), backend.stop()]);
workload.close();
process.exit(0);
