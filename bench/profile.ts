// Where the gate's CPU time goes, by stage: each thread is sampled under load once it is warm, and
// the parts that can run alone are run alone.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decisionMicroseconds } from "./decision.ts";
import { startGate } from "./gate.ts";
import { measure, writeLoadScript } from "./load.ts";
import { startBackend, threadMicroseconds } from "./peers.ts";
import { type Profile, spentBy, type Spent } from "./spent-by-stage.ts";
import { recordMicroseconds } from "./stages-apart.ts";
import { makeWorkload } from "./workload.ts";

const warmSeconds = 12;
const seconds = 8;
const settleMs = 1500;

const directory = mkdtempSync(join(tmpdir(), "portcullis-profile-"));
const profiles = join(directory, "profiles");
for (const folder of ["gate", "profiles"]) mkdirSync(join(directory, folder));
const workload = await makeWorkload(1000);
const backend = await startBackend(1, directory);
process.env["BENCH_PROFILES"] = profiles;
const gate = await startGate(
  0,
  join(directory, "gate"),
  workload,
  `http://127.0.0.1:${backend.port}`,
  { node: [`--import=${join(import.meta.dirname, "sample-thread.ts")}`] },
);
const script = writeLoadScript(directory, workload);
const pid = gate.process.pid ?? 0;
await measure(pid, gate.port, script, warmSeconds);
const threadsBefore = threadMicroseconds(pid);
const plain = await measure(pid, gate.port, script, seconds);
const threadsAfter = threadMicroseconds(pid);
writeFileSync(join(profiles, "begin"), "");
await new Promise((resolve) => setTimeout(resolve, settleMs));
const measured = await measure(pid, gate.port, script, seconds);
writeFileSync(join(profiles, "end"), "");
while (readdirSync(profiles).filter((file) => file.endsWith(".json")).length < 2)
  await new Promise((resolve) => setTimeout(resolve, 50));
await new Promise((resolve) => setTimeout(resolve, settleMs));
await gate.stop();
await backend.stop();
workload.close();

console.log(`${plain.cpuMicrosecondsPerRequest.toFixed(1)} µs CPU a request, whole process`);
for (const [thread, { microseconds, name }] of threadsAfter) {
  const spent = microseconds - (threadsBefore.get(thread)?.microseconds ?? 0);
  if (spent > plain.requests / 10)
    console.log(`  ${(spent / plain.requests).toFixed(1).padStart(6)} µs  thread ${name}`);
}
console.log(`${measured.cpuMicrosecondsPerRequest.toFixed(1)} µs while it is sampled\n`);
for (const file of readdirSync(profiles).filter((one) => one.endsWith(".json"))) {
  const profile = JSON.parse(readFileSync(join(profiles, file), "utf8")) as Profile;
  const { busyMicroseconds, functions, stages } = spentBy(profile);
  const each = (spent: number): string => (spent / measured.requests).toFixed(2).padStart(7);
  const table = (title: string, rows: readonly Spent[]): void => {
    console.log(`  ${title}`);
    for (const { microseconds, name } of rows)
      console.log(
        `  ${each(microseconds)} µs ${((microseconds / busyMicroseconds) * 100).toFixed(1).padStart(5)} %  ${name}`,
      );
  };
  console.log(`${file.replace(".json", "")}: ${each(busyMicroseconds)} µs a request`);
  table("by stage", stages);
  table("by function", functions.slice(0, process.argv.includes("--functions") ? 90 : 15));
}
console.log("\nstages apart, in process");
const apart: Readonly<Record<string, number>> = {
  "every decision, from arrival to record": await decisionMicroseconds(
    { operations: 10, users: 1000, keys: 65_536 },
    50_000,
  ),
  ...recordMicroseconds(),
};
for (const [name, microseconds] of Object.entries(apart))
  console.log(`  ${microseconds.toFixed(2).padStart(7)} µs  ${name}`);
