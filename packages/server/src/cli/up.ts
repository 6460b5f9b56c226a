import { loadPolicy, type Loaded } from "../policy/load-policy.ts";
import { issuerSocket } from "../issuer/issuer-document.ts";
import { up } from "../up.ts";
import type { Command } from "./arguments.ts";
import { policySources, text } from "./sources.ts";
import { faultLines, Misuse, type Terminal } from "./terminal.ts";

const drainMs = 10_000;

/** `portcullis up`: serves until it is told to stop. */
export async function runUp({ values }: Command, environment: Readonly<Record<string, string | undefined>>, terminal: Terminal): Promise<number> {
  const sources = policySources(values, environment, true);
  const loaded = await loadPolicy(sources, `unix:${issuerSocket()}`);
  if (loaded.faults.length > 0) terminal.error(faultLines(loaded.faults));
  const { plan, policy } = loaded;
  if (plan === undefined || policy === undefined) throw new Misuse("Nothing is served from what is not understood.");
  const say = (message: string): void => terminal.error(`portcullis: ${message}`);
  const running = await up({
    loaded: { ...loaded, plan, policy },
    load: () => loadPolicy(sources, `unix:${issuerSocket()}`),
    directory: text(values["directory"]) ?? ".portcullis",
    environment,
    recordsTo: undefined,
    say,
    onReloaded: (next, applied) => terminal.error(reloadedLines(next, applied)),
  });
  const cleartext = running.authorityFile === undefined && policy.listen?.tls === "off";
  const operations = loaded.documents.reduce((sum, document) => sum + document.operations.length, 0);
  terminal.error(
    [
      `portcullis serves ${operations} operations on ${cleartext ? "http" : "https"}://localhost:${running.port} with ${running.threads} gate ${running.threads === 1 ? "thread" : "threads"}, ${modeWords(policy.mode)}, for ${[...new Set(plan.apis.flatMap((api) => (api.issuer ? [] : api.upstream.targets)))].join(", ")}`,
      ...(running.cleartextPort === undefined ? [] : [`  without encryption nothing is served: port ${running.cleartextPort} answers ${policy.listen !== undefined && typeof policy.listen.tls === "object" && policy.listen.tls.cleartext === "redirect" ? "308" : "403"}`]),
      ...(plan.apis.some((api) => api.issuer) ? [`  people sign in at ${plan.identity?.issuer} (/.well-known/openid-configuration); their account is at /account`] : []),
      ...(running.authorityFile === undefined ? [] : [`  trust for this machine only: curl --cacert ${running.authorityFile}`]),
      `  admin: http://127.0.0.1:${running.adminPort} (/healthz /readyz /metrics /records), credential in ${running.adminTokenFile}`,
    ].join("\n"),
  );
  const onHangUp = (): void => void running.reload();
  process.on("SIGHUP", onHangUp);
  await new Promise<void>((resolve) => {
    process.once("SIGTERM", resolve);
    process.once("SIGINT", resolve);
  });
  process.off("SIGHUP", onHangUp);
  terminal.error("portcullis is stopping: requests in flight may end first");
  await running.close(drainMs);
  return 0;
}

const modeWords = (mode: unknown): string => (mode === undefined ? "mode observe" : typeof mode === "string" ? `mode ${mode}` : "modes by control");

function reloadedLines(loaded: Loaded, applied: boolean): string {
  const faults = loaded.faults.length === 0 ? "" : `${faultLines(loaded.faults)}\n`;
  if (loaded.plan === undefined) return `${faults}portcullis: the changed policy is not understood; the old one serves`;
  return `${faults}portcullis: ${applied ? "the changed policy serves" : "the changed policy serves, but not on every thread"}`;
}
