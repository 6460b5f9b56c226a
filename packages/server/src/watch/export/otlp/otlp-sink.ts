import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import { SeverityNumber, SpanKind, SpanStatusCode, TraceFlags } from "@opentelemetry/api";
import { OTLPLogExporter } from "@opentelemetry/exporter-logs-otlp-proto";
import { OTLPMetricExporter } from "@opentelemetry/exporter-metrics-otlp-proto";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { resourceFromAttributes } from "@opentelemetry/resources";
import type { ReadableLogRecord } from "@opentelemetry/sdk-logs";
import type { ResourceMetrics } from "@opentelemetry/sdk-metrics";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import type { DecisionRecord } from "@portcullis/guard/records";
import { BatchQueue } from "../batch-queue.ts";
import type { ExportCounts, ExportSignal, OtlpPlan } from "../export-plan.ts";
import { isSampled } from "../sampled.ts";
import { metricDataOf } from "./metric-data.ts";
import { metricsOfText } from "./metrics-of-text.ts";
import { attributesOf, hrTimeOf, summaryOf } from "./request-attributes.ts";

type ExporterConfig = ConstructorParameters<typeof OTLPLogExporter>[0];
interface Exporter<T> {
  export(items: T, onResult: (result: { code: number; error?: Error }) => void): void;
  shutdown(): Promise<void>;
}

const timeoutMs = 10_000;
const scope = { name: "portcullis" };
const startMs = performance.timeOrigin;
const resource = resourceFromAttributes({
  "service.name": "portcullis",
  "service.instance.id": `${hostname()}:${process.pid}`,
});

/** Sends records and metrics to one collector by OTLP over HTTP, in protobuf and gzip. */
export class OtlpSink {
  readonly #plan: OtlpPlan;
  readonly #logs: BatchQueue<ReadableLogRecord> | undefined;
  readonly #spans: BatchQueue<ReadableSpan> | undefined;
  readonly #metrics: BatchQueue<ResourceMetrics> | undefined;
  readonly #exporters: Exporter<never>[] = [];

  constructor(plan: OtlpPlan, say: (message: string) => void) {
    this.#plan = plan;
    const has = (signal: ExportSignal): boolean => plan.signals.includes(signal);
    const told = (message: string): void => say(`${plan.name}: ${message}`);
    if (has("logs"))
      this.#logs = new BatchQueue({
        send: this.#sender(new OTLPLogExporter(this.#configOf("logs"))),
        say: told,
      });
    if (has("traces"))
      this.#spans = new BatchQueue({
        send: this.#sender(new OTLPTraceExporter(this.#configOf("traces"))),
        say: told,
      });
    if (has("metrics")) {
      const send = this.#sender(new OTLPMetricExporter(this.#configOf("metrics")));
      this.#metrics = new BatchQueue<ResourceMetrics>({
        send: async ([newest]) => {
          if (newest !== undefined) await send(newest);
        },
        say: told,
        mostWaiting: 4,
        mostTogether: 1,
      });
    }
  }

  get name(): string {
    return this.#plan.name;
  }

  get counts(): Readonly<Record<string, ExportCounts>> {
    return {
      ...(this.#logs === undefined ? {} : { logs: this.#logs.counts }),
      ...(this.#spans === undefined ? {} : { traces: this.#spans.counts }),
      ...(this.#metrics === undefined ? {} : { metrics: this.#metrics.counts }),
    };
  }

  take(record: DecisionRecord): void {
    if (!isSampled(record, this.#plan.share)) return;
    const spanId = randomBytes(8).toString("hex");
    this.#logs?.add(logOf(record, spanId));
    this.#spans?.add(spanOf(record, spanId));
  }

  takeMetrics(text: string, atMs: number): void {
    const metrics = metricDataOf(metricsOfText(text), { startMs, atMs });
    this.#metrics?.add({ resource, scopeMetrics: [{ scope, metrics }] });
  }

  async close(): Promise<void> {
    await Promise.all([this.#logs?.flush(), this.#spans?.flush(), this.#metrics?.flush()]);
    await Promise.all(this.#exporters.map((one) => one.shutdown()));
  }

  #configOf(signal: ExportSignal): ExporterConfig {
    const { to, token } = this.#plan;
    return {
      url: `${to.replace(/\/$/, "")}/v1/${signal}`,
      headers: token === undefined ? {} : { Authorization: `Bearer ${token}` },
      // Its enumeration is of a package below the exporters.
      compression: "gzip" as NonNullable<ExporterConfig>["compression"] & string,
      timeoutMillis: timeoutMs,
    };
  }

  #sender<T>(exporter: Exporter<T>): (items: T) => Promise<void> {
    this.#exporters.push(exporter);
    return (items) =>
      new Promise((resolve, reject) => {
        exporter.export(items, ({ code, error }) =>
          code === 0 ? resolve() : reject(error ?? new Error("it was not taken")),
        );
      });
  }
}

const severities = {
  passed: [SeverityNumber.INFO, "INFO"],
  refused: [SeverityNumber.WARN, "WARN"],
  failed: [SeverityNumber.ERROR, "ERROR"],
} as const;

const contextOf = ({ traceId }: DecisionRecord, spanId: string) => ({
  traceId,
  spanId,
  traceFlags: TraceFlags.SAMPLED,
});

function logOf(record: DecisionRecord, spanId: string): ReadableLogRecord {
  const [severityNumber, severityText] = severities[record.outcome];
  const hrTime = hrTimeOf(Date.parse(record.time));
  return {
    hrTime,
    hrTimeObserved: hrTime,
    spanContext: contextOf(record, spanId),
    severityNumber,
    severityText,
    eventName: "portcullis.request",
    body: summaryOf(record),
    resource,
    instrumentationScope: scope,
    attributes: attributesOf(record),
    droppedAttributesCount: 0,
  };
}

/** The gate's span of a request: from its arrival until its record. */
function spanOf(record: DecisionRecord, spanId: string): ReadableSpan {
  const arrivedMs = Date.parse(record.time);
  return {
    name: `${record.method} ${record.path ?? record.operation}`,
    kind: SpanKind.SERVER,
    spanContext: () => contextOf(record, spanId),
    startTime: hrTimeOf(arrivedMs),
    endTime: hrTimeOf(arrivedMs + record.durationMs),
    duration: hrTimeOf(record.durationMs),
    status: { code: record.outcome === "failed" ? SpanStatusCode.ERROR : SpanStatusCode.UNSET },
    attributes: attributesOf(record),
    links: [],
    events: [],
    ended: true,
    resource,
    instrumentationScope: scope,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}
