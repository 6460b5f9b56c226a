import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { cpuMicroseconds } from "./peers.ts";
import type { Workload } from "./workload.ts";

export interface Measured {
  readonly requests: number;
  readonly failed: number;
  readonly cpuMicrosecondsPerRequest: number;
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export function writeLoadScript(
  directory: string,
  { tokens }: Workload,
  path = "/v1/accounts/",
): string {
  const file = join(directory, "load.lua");
  writeFileSync(
    file,
    `local tokens = {}
${tokens.map(({ subject, token }, index) => `tokens[${index + 1}] = { "${path}${subject}", "Bearer ${token}" }`).join("\n")}
local requests = {}
local at = 0
init = function(args)
  for i, pair in ipairs(tokens) do
    requests[i] = wrk.format("GET", pair[1], { ["Host"] = "api.bench.example", ["Authorization"] = pair[2], ["Portcullis-App"] = "bench-app/3.4.1", ["Accept"] = "application/json" })
  end
end
request = function()
  at = at % #requests + 1
  return requests[at]
end
done = function(summary, latency)
  io.write(string.format("RESULT %d %d %d %d %d\\n", summary.requests, summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.timeout, summary.duration, latency:percentile(50), latency:percentile(99)))
end
`,
  );
  return file;
}

/** Load from the other core; the candidate's own CPU time, divided by what it answered. */
export async function measure(
  pid: number,
  port: number,
  script: string,
  seconds: number,
  connections = 32,
): Promise<Measured> {
  const before = cpuMicroseconds(pid);
  const output = await new Promise<string>((resolve, reject) => {
    execFile(
      "taskset",
      [
        "-c",
        "1",
        "wrk",
        "-t",
        "1",
        "-c",
        String(connections),
        "-d",
        `${seconds}s`,
        "--timeout",
        "10s",
        "-s",
        script,
        `http://127.0.0.1:${port}`,
      ],
      { maxBuffer: 1e7 },
      (fault, stdout) => (fault === null ? resolve(stdout) : reject(fault)),
    );
  });
  const spent = cpuMicroseconds(pid) - before;
  const [requests = 0, failed = 0, durationUs = 1, p50 = 0, p99 = 0] = (
    /RESULT ([\d ]+)/.exec(output)?.[1] ?? ""
  )
    .split(" ")
    .map(Number);
  if (requests === 0) throw new Error(`no request was answered:\n${output}`);
  return {
    requests,
    failed,
    cpuMicrosecondsPerRequest: spent / requests,
    requestsPerSecond: Math.round((requests / durationUs) * 1e6),
    p50Ms: p50 / 1000,
    p99Ms: p99 / 1000,
  };
}

/**
 * Load over TLS 1.3 and HTTP/2 from the other core, 16 connections with 10 streams each.
 *
 * @returns the candidate's own CPU microseconds per request
 */
export async function measureTls(
  pid: number,
  port: number,
  { tokens: [one] }: Workload,
  requests: number,
): Promise<number> {
  const before = cpuMicroseconds(pid);
  const words = `-c 1 h2load -n ${requests} -c 16 -m 10 -t 1`;
  const output = await new Promise<string>((resolve, reject) => {
    execFile(
      "taskset",
      [
        ...words.split(" "),
        "-H",
        `Authorization: Bearer ${one?.token ?? ""}`,
        `https://127.0.0.1:${port}/v1/accounts/${one?.subject ?? ""}`,
      ],
      { maxBuffer: 1e7 },
      (fault, stdout) => (fault === null ? resolve(stdout) : reject(fault)),
    );
  });
  if (!output.includes(`${requests} succeeded`)) throw new Error(output);
  return (cpuMicroseconds(pid) - before) / requests;
}
