import { durationBoundsMs, type Durations } from "./durations.ts";
import type { Counts, OperationTimes } from "./request-counts.ts";

const escaped = (value: string): string =>
  value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");

function labels(pairs: Readonly<Record<string, string>>): string {
  return Object.entries(pairs)
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join(",");
}

export interface Gauge {
  readonly name: string;
  readonly help: string;
  readonly type: "gauge" | "counter";
  /** One number, or one for each row of labels. */
  readonly value: number | readonly LabelledValue[];
}

export interface LabelledValue {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** The text exposition format of Prometheus, version 0.0.4. */
export function prometheusText(counts: Counts, gauges: readonly Gauge[]): string {
  const lines: string[] = [];
  lines.push(
    "# HELP portcullis_requests_total Requests by operation, app, app version, status and outcome.",
    "# TYPE portcullis_requests_total counter",
  );
  for (const { app, appVersion, count, operation, outcome, status } of counts.requests)
    lines.push(
      `portcullis_requests_total{${labels({ operation, app, app_version: appVersion, status: statusLabel(status), outcome })}} ${count}`,
    );
  lines.push(
    "# HELP portcullis_decisions_total Refusals decided, enforced or only observed, by operation, code, app and app version.",
    "# TYPE portcullis_decisions_total counter",
  );
  for (const { app, appVersion, code, count, mode, operation } of counts.decisions)
    lines.push(
      `portcullis_decisions_total{${labels({ operation, app, app_version: appVersion, code, mode })}} ${count}`,
    );
  for (const { help, name, of } of histograms) {
    lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} histogram`);
    for (const times of counts.times) pushHistogram(lines, name, times.operation, of(times));
  }
  for (const gauge of gauges)
    lines.push(
      `# HELP ${gauge.name} ${gauge.help}`,
      `# TYPE ${gauge.name} ${gauge.type}`,
      ...valueLines(gauge),
    );
  return `${lines.join("\n")}\n`;
}

const valueLines = ({ name, value }: Gauge): readonly string[] =>
  typeof value === "number"
    ? [`${name} ${value}`]
    : value.map((row) => `${name}{${labels(row.labels)}} ${row.value}`);

/** A caller who was gone before anything was answered has seen no status. */
const statusLabel = (status: number): string => (status === 0 ? "none" : String(status));

interface HistogramRow {
  readonly name: string;
  readonly help: string;
  readonly of: (times: OperationTimes) => Durations;
}

const histograms: readonly HistogramRow[] = [
  {
    name: "portcullis_request_duration_seconds",
    help: "Time from arrival to record, by operation.",
    of: ({ whole }) => whole,
  },
  {
    name: "portcullis_upstream_duration_seconds",
    help: "Time from what was forwarded to the head of the backend's answer, by operation.",
    of: ({ upstream }) => upstream,
  },
  {
    name: "portcullis_gate_duration_seconds",
    help: "The rest of each request's time: the gate's own, and the caller's in sending and reading.",
    of: ({ gate }) => gate,
  },
];

function pushHistogram(
  lines: string[],
  name: string,
  operation: string,
  { buckets, count, sumMs }: Durations,
): void {
  if (count === 0) return;
  durationBoundsMs.forEach((bound, index) =>
    lines.push(
      `${name}_bucket{${labels({ operation, le: String(bound / 1000) })}} ${buckets[index]}`,
    ),
  );
  lines.push(
    `${name}_bucket{${labels({ operation, le: "+Inf" })}} ${count}`,
    `${name}_sum{${labels({ operation })}} ${sumMs / 1000}`,
    `${name}_count{${labels({ operation })}} ${count}`,
  );
}
