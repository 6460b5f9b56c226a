import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

export interface StartedGate {
  readonly port: number;
  readonly adminPort: number;
  readonly ca: string;
  readonly adminTokenFile: string;
  readonly process: ChildProcess;
  /** What it wrote for a person, so far. */
  readonly said: () => string;
}

export const main = join(
  import.meta.dirname,
  "..",
  "..",
  "packages",
  "server",
  "src",
  "cli",
  "main.ts",
);

/** A gate does not outlive who started it, unless that is killed. */
const running = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/**
 * Starts the gate as a program of its own, as its users do, and waits until it serves.
 *
 * @param descriptors how many files and sockets it may have open
 */
export function startGate(
  argv: readonly string[],
  directory: string,
  environment: NodeJS.ProcessEnv = process.env,
  descriptors?: number,
): Promise<StartedGate> {
  // The shell becomes the program, which then is who gets the signals.
  const [program, before] =
    descriptors === undefined
      ? [process.execPath, []]
      : ["sh", ["-c", `ulimit -n ${descriptors} && exec "$@"`, "sh", process.execPath]];
  const child = spawn(
    program,
    [
      ...before,
      "--conditions=@portcullis/source",
      "--disable-warning=ExperimentalWarning",
      main,
      "up",
      ...argv,
      "--directory",
      directory,
    ],
    { stdio: ["ignore", "ignore", "pipe"], env: environment },
  );
  running.add(child);
  child.once("exit", () => running.delete(child));
  return new Promise((resolve, reject) => {
    let said = "";
    const onExit = (): void => reject(new Error(`the gate did not start:\n${said}`));
    child.once("exit", onExit);
    child.stderr.setEncoding("utf8").on("data", (part: string) => {
      said += part;
      const port = Number(/https?:\/\/localhost:(\d+)/.exec(said)?.[1]);
      const adminPort = Number(/admin: \S+:(\d+) \(\/healthz/.exec(said)?.[1]);
      if (!(port > 0 && adminPort > 0)) return;
      child.off("exit", onExit);
      resolve({
        port,
        adminPort,
        adminTokenFile: join(directory, "admin-token"),
        ca: readFileSync(join(directory, "local-ca.crt"), "utf8"),
        process: child,
        said: () => said,
      });
    });
  });
}
