import { ValueType } from "@opentelemetry/api";
import {
  AggregationTemporality,
  type DataPoint,
  DataPointType,
  type Histogram,
  type MetricData,
} from "@opentelemetry/sdk-metrics";
import { hrTimeOf } from "./request-attributes.ts";
import type { ToldMetric, ToldRow } from "./metrics-of-text.ts";

interface Span {
  /** Since when counters count. */
  readonly startMs: number;
  readonly atMs: number;
}

/** Metrics of `/metrics` as OpenTelemetry's: counters and histograms count since the start. */
export const metricDataOf = (metrics: readonly ToldMetric[], span: Span): MetricData[] =>
  metrics.filter(({ rows }) => rows.length > 0).map((metric) => dataOf(metric, span));

function dataOf({ help, name, rows, type }: ToldMetric, span: Span): MetricData {
  const descriptor = {
    name,
    description: help,
    unit: name.endsWith("_seconds") ? "s" : name.endsWith("_bytes") ? "By" : "",
    valueType: ValueType.DOUBLE,
  };
  const head = { descriptor, aggregationTemporality: AggregationTemporality.CUMULATIVE };
  if (type === "histogram")
    return { ...head, dataPointType: DataPointType.HISTOGRAM, dataPoints: histograms(rows, span) };
  const dataPoints = rows.map(({ labels, value }) => pointOf(labels, value, span));
  return type === "counter"
    ? { ...head, dataPointType: DataPointType.SUM, isMonotonic: true, dataPoints }
    : { ...head, dataPointType: DataPointType.GAUGE, dataPoints };
}

const pointOf = <T>(
  attributes: Readonly<Record<string, string>>,
  value: T,
  { atMs, startMs }: Span,
): DataPoint<T> => ({
  attributes: { ...attributes },
  startTime: hrTimeOf(startMs),
  endTime: hrTimeOf(atMs),
  value,
});

interface Gathered {
  readonly labels: Readonly<Record<string, string>>;
  readonly bounds: number[];
  /** Up to each bound, everything below it among them. */
  readonly upTo: number[];
  sum: number;
  count: number;
}

function histograms(rows: readonly ToldRow[], span: Span): DataPoint<Histogram>[] {
  const gathered = new Map<string, Gathered>();
  for (const { labels: all, suffix, value } of rows) {
    const { le, ...labels } = all;
    const key = JSON.stringify(labels);
    const one = gathered.get(key) ?? { labels, bounds: [], upTo: [], sum: 0, count: 0 };
    gathered.set(key, one);
    if (suffix === "_sum") one.sum = value;
    else if (suffix === "_count") one.count = value;
    else if (le !== undefined && le !== "+Inf") {
      one.bounds.push(Number(le));
      one.upTo.push(value);
    }
  }
  return [...gathered.values()].map(({ bounds, count, labels, sum, upTo }) => {
    const counts = [...upTo, count].map((value, at) => value - (upTo[at - 1] ?? 0));
    return pointOf(labels, { buckets: { boundaries: bounds, counts }, sum, count }, span);
  });
}
