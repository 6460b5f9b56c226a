import type { PlanBytes } from "../../policy/plan-bytes.ts";
import type { Planned } from "../../policy/planned.ts";
import { readOnThread } from "../../policy/read-on-thread.ts";
import { issuerSocket } from "../../control/issuer-door.ts";
import { up } from "../../control/start.ts";
import {
  configFlag,
  directoryFlag,
  openapiFlag,
  profileFlag,
  strictFlag,
  upstreamFlag,
} from "../policy-flags.ts";
import type { Command, Environment, Flags } from "../verb.ts";
import { policySources, text } from "../sources.ts";
import { FaultCounts } from "../../watch/fault-counts.ts";
import { endInTime } from "../end-in-time.ts";
import { outliveFaults } from "../standard-streams.ts";
import { faultLines, Misuse, type Terminal } from "../terminal.ts";

/** Balancers that ask every two seconds, and believe the second no, know by then. */
const usualLameDuckMs = 5000;
const usualDrainMs = 10_000;
/** Timers of more than 24 days end at once. */
const mostMs = 86_400_000;

export const flags = {
  config: configFlag,
  profile: profileFlag,
  openapi: openapiFlag,
  upstream: upstreamFlag,
  mode: {
    type: "string",
    help: "off, observe (default) or enforce",
    completes: ["off", "observe", "enforce"],
  },
  port: { type: "string", help: "the gate's port (8443)" },
  "admin-port": { type: "string", help: "the admin port on 127.0.0.1 (9443)" },
  tls: {
    type: "string",
    help: "local (default: a certificate of this machine's own) or off",
    completes: ["local", "off"],
  },
  threads: { type: "string", help: "gate threads (one per core)" },
  directory: directoryFlag,
  strict: strictFlag,
} satisfies Flags;

export const example = "portcullis up --openapi openapi.yaml --upstream http://127.0.0.1:4000";

/** Serves until it is told to stop. */
export async function run(
  { values }: Command,
  environment: Environment,
  terminal: Terminal,
): Promise<number> {
  const sources = policySources(values, environment, true);
  const issuerTarget = `unix:${issuerSocket()}`;
  const strict = values["strict"] === true;
  const read = (before: PlanBytes | undefined): Promise<Planned> =>
    readOnThread({ sources, issuerTarget, strict, before });
  const planned = await read(undefined);
  if (planned.faults.length > 0) terminal.error(faultLines(planned.faults));
  const { plan, policy } = planned;
  if (plan === undefined || policy === undefined)
    throw new Misuse("Nothing is served from what is not understood.");
  const say = (message: string): void => terminal.error(`portcullis: ${message}`);
  const faults = new FaultCounts();
  // Signals are taken from before the start on: whoever reads that it serves may send one at once.
  const hurry = new AbortController();
  const stopped = new Promise<void>((resolve) => {
    process.once("SIGTERM", () => {
      process.once("SIGTERM", () => hurry.abort());
      resolve();
    });
    // Who stops it at a terminal has no balancer that must learn of it.
    process.once("SIGINT", () => {
      hurry.abort();
      resolve();
    });
  });
  let started: Serving["running"] | undefined;
  const onHangUp = (): void => void started?.reload();
  process.on("SIGHUP", onHangUp);
  const running = await up({
    planned: { ...planned, plan, policy },
    read,
    directory: text(values["directory"]) ?? ".portcullis",
    environment,
    recordsTo: undefined,
    say,
    faults,
    onServing: () => outliveFaults(faults, say),
    onReloaded: (next) => terminal.error(reloadedLines(next)),
  });
  started = running;
  terminal.error(servesLines({ plan, policy, running }));
  await stopped;
  process.off("SIGHUP", onHangUp);
  terminal.error("portcullis is stopping: requests in flight may end first");
  const lameDuckMs = Math.min(policy.listen?.lameDuck ?? usualLameDuckMs, mostMs);
  const drainMs = Math.min(policy.listen?.drain ?? usualDrainMs, mostMs);
  return await endInTime(
    () => running.close({ lameDuckMs, drainMs, hurry: hurry.signal }),
    lameDuckMs + drainMs,
  );
}

interface Serving {
  readonly plan: NonNullable<Planned["plan"]>;
  readonly policy: NonNullable<Planned["policy"]>;
  readonly running: Awaited<ReturnType<typeof up>>;
}

/** What serves where, for the person at the terminal. */
function servesLines({ plan, policy, running }: Serving): string {
  const tls = policy.listen?.tls;
  const scheme = running.authorityFile === undefined && tls === "off" ? "http" : "https";
  const backends = plan.apis.flatMap((api) => (api.issuer ? [] : api.upstream.targets));
  const redirects = typeof tls === "object" && tls.cleartext === "redirect";
  const lines = [
    `portcullis serves ${plan.operations} operations on ${scheme}://localhost:${running.port}` +
      ` with ${running.threads} gate ${running.threads === 1 ? "thread" : "threads"},` +
      ` ${modeWords(policy.mode)}, for ${[...new Set(backends)].join(", ")}`,
  ];
  if (running.cleartextPort !== undefined)
    lines.push(
      "  without encryption nothing is served:" +
        ` port ${running.cleartextPort} answers ${redirects ? "308" : "403"}`,
    );
  if (plan.apis.some((api) => api.issuer))
    lines.push(
      `  people sign in at ${plan.controls.authentication?.main?.issuer} (/.well-known/openid-configuration);` +
        " their account is at /account",
    );
  if (running.authorityFile !== undefined)
    lines.push(`  trust for this machine only: curl --cacert ${running.authorityFile}`);
  lines.push(
    `  admin: ${adminUrl(policy, running.adminPort)} (/healthz /readyz /metrics /records),` +
      ` credential in ${running.adminTokenFile}`,
  );
  lines.push(...consoleLines(running));
  return lines.join("\n");
}

/** How people get into the console. */
function consoleLines({ consoleUrl, firstLink }: Serving["running"]): string[] {
  if (consoleUrl === undefined)
    return [
      "  console: it has no name yet; say by which one it is reached: admin: { url: https://... }",
    ];
  const lines = [`  console: ${consoleUrl}/`];
  if (firstLink !== undefined && "file" in firstLink)
    lines.push(
      `  the link that lets its first admin in, once and within ten minutes, is in ${firstLink.file}`,
    );
  else if (firstLink !== undefined)
    lines.push(
      `  its first admin gets in by this link, once and within ten minutes: ${firstLink.link}`,
    );
  return lines;
}

function adminUrl({ admin }: Serving["policy"], port: number): string {
  const host = admin?.host ?? "127.0.0.1";
  return `${admin?.tls === undefined ? "http" : "https"}://${host.includes(":") ? `[${host}]` : host}:${port}`;
}

const modeWords = (mode: unknown): string =>
  mode === undefined
    ? "mode observe"
    : typeof mode === "string"
      ? `mode ${mode}`
      : "modes by control";

function reloadedLines({ faults, plan }: Planned): string {
  const lines = faults.length === 0 ? "" : `${faultLines(faults)}\n`;
  return plan === undefined
    ? `${lines}portcullis: the changed policy is not understood; the old one serves`
    : `${lines}portcullis: the changed policy serves`;
}
