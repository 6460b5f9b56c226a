// Where the gate's CPU time goes: a profile of every thread under the benchmark's load, summed by
// function and by file.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { startGate } from "./gate.ts";
import { measure, writeLoadScript } from "./load.ts";
import { startBackend } from "./peers.ts";
import { makeWorkload } from "./workload.ts";

interface Profile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: {
      readonly functionName: string;
      readonly url: string;
      readonly lineNumber: number;
    };
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
    if (callFrame.functionName === "(idle)" || callFrame.functionName === "(program)") continue;
    busy += spent;
    const where = basename(callFrame.url) || callFrame.url;
    own.set(
      `${callFrame.functionName || "(anonymous)"} ${where}:${callFrame.lineNumber + 1}`,
      (own.get(`${callFrame.functionName || "(anonymous)"} ${where}:${callFrame.lineNumber + 1}`) ??
        0) + spent,
    );
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
    const mine =
      callFrame.url.includes("/packages/") ||
      callFrame.url.includes("node:") ||
      callFrame.url.includes("undici")
        ? `${callFrame.functionName || "(anonymous)"} ${basename(callFrame.url)}:${callFrame.lineNumber + 1}`
        : "";
    const first = mine !== "" && !above.includes(mine);
    let spent =
      callFrame.functionName === "(idle)" || callFrame.functionName === "(program)"
        ? 0
        : (byNode.get(id) ?? 0);
    for (const child of children) spent += walk(child, mine === "" ? above : [...above, mine]);
    if (first) sums.set(mine, (sums.get(mine) ?? 0) + spent);
    return spent;
  };
  const roots = new Set(nodes.map((node) => node.id));
  for (const node of nodes) for (const child of node.children ?? []) roots.delete(child);
  for (const root of roots) walk(root, []);
  return sums;
}
