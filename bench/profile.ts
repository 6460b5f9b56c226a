// Where the gate's CPU time goes: a profile of every thread under the benchmark's load, summed by
// function and by file.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { startGate } from "./gate.ts";
import { measure, writeLoadScript } from "./load.ts";
import { startBackend } from "./peers.ts";
import { makeWorkload } from "./workload.ts";

interface CallFrame {
  readonly functionName: string;
  readonly url: string;
  readonly lineNumber: number;
}

interface Profile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: CallFrame;
    readonly children?: readonly number[];
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

const directory = mkdtempSync(join(tmpdir(), "portcullis-profile-"));
mkdirSync(join(directory, "gate"));
const workload = await makeWorkload(1000);
const backend = await startBackend(1, directory);
const gate = await startGate(
  0,
  join(directory, "gate"),
  workload,
  `http://127.0.0.1:${backend.port}`,
  { node: ["--cpu-prof", `--cpu-prof-dir=${directory}/profiles`] },
);
const script = writeLoadScript(directory, workload);
const measured = await measure(gate.process.pid ?? 0, gate.port, script, 8);
console.log(`${measured.cpuMicrosecondsPerRequest.toFixed(1)} µs/request under the profiler`);
gate.process.kill("SIGTERM");
await new Promise((resolve) => gate.process.once("exit", resolve));
await backend.stop();
workload.close();

for (const file of readdirSync(join(directory, "profiles"))) {
  const { nodes, samples, timeDeltas } = JSON.parse(
    readFileSync(join(directory, "profiles", file), "utf8"),
  ) as Profile;
  const byNode = new Map<number, number>();
  samples.forEach((node, index) =>
    byNode.set(node, (byNode.get(node) ?? 0) + (timeDeltas[index] ?? 0)),
  );
  const own = new Map<string, number>();
  const byFile = new Map<string, number>();
  let busy = 0;
  for (const { callFrame, id } of nodes) {
    const spent = byNode.get(id) ?? 0;
    if (isWaiting(callFrame)) continue;
    busy += spent;
    const name = nameOf(callFrame);
    own.set(name, (own.get(name) ?? 0) + spent);
    const where = fileOf(callFrame);
    byFile.set(where, (byFile.get(where) ?? 0) + spent);
  }
  console.log(
    `\n${file}: busy ${(busy / 1e6).toFixed(2)} s, ${(busy / measured.requests).toFixed(1)} µs/request`,
  );
  const top = (map: Map<string, number>, most: number): void => {
    for (const [name, spent] of [...map].sort((a, b) => b[1] - a[1]).slice(0, most))
      console.log(
        `  ${((spent / busy) * 100).toFixed(1).padStart(5)} %  ${(spent / measured.requests).toFixed(2).padStart(6)} µs  ${name}`,
      );
  };
  top(own, 40);
  console.log("  by file:");
  top(byFile, 20);
  console.log("  with all they call:");
  top(inclusive(nodes, byNode), 60);
}

function isWaiting({ functionName }: CallFrame): boolean {
  return functionName === "(idle)" || functionName === "(program)";
}

function fileOf({ url }: CallFrame): string {
  return basename(url) || url;
}

function nameOf(frame: CallFrame): string {
  return `${frame.functionName || "(anonymous)"} ${fileOf(frame)}:${frame.lineNumber + 1}`;
}

/** Whether a function is the gate's, Node's or undici's, and not the engine's own. */
function isNamed({ url }: CallFrame): boolean {
  return url.includes("/packages/") || url.includes("node:") || url.includes("undici");
}

/** Time of each function of ours with everything below it, counted once where it calls itself. */
function inclusive(
  nodes: Profile["nodes"],
  byNode: ReadonlyMap<number, number>,
): Map<string, number> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const sums = new Map<string, number>();
  const walk = (id: number, above: readonly string[]): number => {
    const node = byId.get(id);
    if (node === undefined) return 0;
    const { callFrame, children = [] } = node;
    const name = isNamed(callFrame) ? nameOf(callFrame) : undefined;
    const path = name === undefined ? above : [...above, name];
    let spent = isWaiting(callFrame) ? 0 : (byNode.get(id) ?? 0);
    for (const child of children) spent += walk(child, path);
    if (name !== undefined && !above.includes(name)) sums.set(name, (sums.get(name) ?? 0) + spent);
    return spent;
  };
  for (const root of rootsOf(nodes)) walk(root, []);
  return sums;
}

/** Nodes that no other node has called. */
function rootsOf(nodes: Profile["nodes"]): ReadonlySet<number> {
  const roots = new Set(nodes.map((node) => node.id));
  for (const node of nodes) for (const child of node.children ?? []) roots.delete(child);
  return roots;
}
