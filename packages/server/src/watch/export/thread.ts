import { parentPort } from "node:worker_threads";
import type { DecisionRecord } from "@portcullis/guard/records";
import type { AllExportCounts, ExportPlan, FromExport, ToExport } from "./export-plan.ts";
import { OtlpSink } from "./otlp/otlp-sink.ts";

const countsEveryMs = 1000;
const tell = (message: FromExport): void => parentPort?.postMessage(message);
const say = (message: string): void => tell({ kind: "say", message });
const decoder = new TextDecoder();

let sinks: OtlpSink[] = [];

function use(plans: readonly ExportPlan[]): void {
  for (const sink of sinks) void sink.close();
  sinks = plans.map((plan) => new OtlpSink(plan, say));
}

function take(lines: Uint8Array): void {
  for (const line of decoder.decode(lines).split("\n")) {
    if (line === "") continue;
    const record = JSON.parse(line) as DecisionRecord;
    for (const sink of sinks) sink.take(record);
  }
}

const counts = (): AllExportCounts =>
  Object.fromEntries(sinks.map((sink) => [sink.name, sink.counts]));

async function end(withinMs: number): Promise<void> {
  const late = new Promise((resolve) => setTimeout(resolve, withinMs));
  await Promise.race([Promise.all(sinks.map((sink) => sink.close())), late]);
  tell({ kind: "counts", counts: counts() });
  tell({ kind: "ended" });
}

parentPort?.on("message", (message: ToExport) => {
  if (message.kind === "use") use(message.plans);
  else if (message.kind === "lines") {
    take(message.lines);
    tell({ kind: "taken", bytes: message.lines.length, count: message.count });
  } else if (message.kind === "metrics")
    for (const sink of sinks) sink.takeMetrics(message.text, message.atMs);
  else void end(message.withinMs);
});

setInterval(() => tell({ kind: "counts", counts: counts() }), countsEveryMs).unref();
