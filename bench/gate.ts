import { spawn } from "node:child_process";
import { openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Started, stop } from "./peers.ts";
import { benchDocument, benchPolicy, type Workload } from "./workload.ts";

const ownCheckout = join(import.meta.dirname, "..");
const fromSources = (checkout: string): readonly string[] => [
  "--conditions=@portcullis/source",
  "--disable-warning=ExperimentalWarning",
  join(checkout, "packages", "server", "src", "cli", "main.ts"),
];
const fromBuild = [join(ownCheckout, "packages", "server", "dist", "cli", "main.js")];

export interface StartedGate extends Started {
  readonly startedMs: number;
  readonly adminPort: number;
}

/** The gate with one gate thread, on one core, its records going to a file. */
export async function startGate(
  core: number,
  directory: string,
  workload: Workload,
  upstream: string,
  options: {
    readonly operations?: number;
    readonly change?: (policy: string) => string;
    readonly node?: readonly string[];
    /** Whether it starts from the built packages, as it is shipped. */
    readonly built?: boolean;
    /** Another checkout than this one, such as of an older commit. */
    readonly checkout?: string;
  } = {},
): Promise<StartedGate> {
  writeFileSync(join(directory, "openapi.yaml"), benchDocument(options.operations ?? 10));
  const policy = join(directory, "portcullis.yaml");
  writeFileSync(policy, (options.change ?? ((text) => text))(benchPolicy(workload, upstream)));
  const began = performance.now();
  const child = spawn(
    "taskset",
    [
      "-c",
      String(core),
      process.execPath,
      ...(options.node ?? []),
      ...(options.built === true ? fromBuild : fromSources(options.checkout ?? ownCheckout)),
      "up",
      "--config",
      policy,
      "--directory",
      join(directory, "state"),
    ],
    { stdio: ["ignore", openSync(join(directory, "records.log"), "w"), "pipe"], cwd: directory },
  );
  let said = "";
  child.stderr?.setEncoding("utf8").on("data", (part: string) => (said += part));
  for (let tries = 0; tries < 1200; tries += 1) {
    const port = Number(/https?:\/\/localhost:(\d+)/.exec(said)?.[1]);
    const adminPort = Number(/127\.0\.0\.1:(\d+) \(\/healthz/.exec(said)?.[1]);
    if (
      port > 0 &&
      adminPort > 0 &&
      (await fetch(`http://127.0.0.1:${adminPort}/readyz`).then(
        (answer) => answer.status === 200,
        () => false,
      ))
    )
      return {
        process: child,
        port,
        adminPort,
        startedMs: performance.now() - began,
        stop: () => stop(child),
      };
    if (child.exitCode !== null) break;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`the gate did not start: ${said}`);
}
