import { durationBoundsMs, type Counts } from "./request-counts.ts";

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
    "# HELP portcullis_requests_total Requests by operation, app version, status class and outcome.",
    "# TYPE portcullis_requests_total counter",
  );
  for (const row of counts.requests) {
    lines.push(
      `portcullis_requests_total{${labels({ operation: row.operation, app: row.app, app_version: row.appVersion, status: row.statusClass, outcome: row.outcome })}} ${row.count}`,
    );
  }
  lines.push(
    "# HELP portcullis_decisions_total Refusals decided, enforced or only observed, by operation, code and app version.",
    "# TYPE portcullis_decisions_total counter",
  );
  for (const row of counts.decisions) {
    lines.push(
      `portcullis_decisions_total{${labels({ operation: row.operation, app_version: row.appVersion, code: row.code, mode: row.mode })}} ${row.count}`,
    );
  }
  lines.push(
    "# HELP portcullis_request_duration_seconds Time from arrival to record.",
    "# TYPE portcullis_request_duration_seconds histogram",
  );
  for (const [operation, sum] of durationsByOperation(counts)) {
    durationBoundsMs.forEach((bound, index) =>
      lines.push(
        `portcullis_request_duration_seconds_bucket{${labels({ operation, le: String(bound / 1000) })}} ${sum.buckets[index]}`,
      ),
    );
    lines.push(
      `portcullis_request_duration_seconds_bucket{${labels({ operation, le: "+Inf" })}} ${sum.count}`,
    );
    lines.push(
      `portcullis_request_duration_seconds_sum{${labels({ operation })}} ${sum.durationMsSum / 1000}`,
    );
    lines.push(`portcullis_request_duration_seconds_count{${labels({ operation })}} ${sum.count}`);
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

function durationsByOperation(
  counts: Counts,
): Map<string, { count: number; durationMsSum: number; buckets: number[] }> {
  const sums = new Map<string, { count: number; durationMsSum: number; buckets: number[] }>();
  for (const row of counts.requests) {
    const sum = sums.get(row.operation);
    if (sum === undefined)
      sums.set(row.operation, {
        count: row.count,
        durationMsSum: row.durationMsSum,
        buckets: [...row.buckets],
      });
    else {
      sum.count += row.count;
      sum.durationMsSum += row.durationMsSum;
      row.buckets.forEach(
        (bucket, index) => (sum.buckets[index] = (sum.buckets[index] as number) + bucket),
      );
    }
  }
  return sums;
}
