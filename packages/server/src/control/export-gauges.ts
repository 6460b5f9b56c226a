import type { ExportCounts } from "../watch/export/export-plan.ts";
import type { Exporting } from "../watch/export/exporting.ts";
import type { Gauge } from "../watch/prometheus.ts";

/** What `/metrics` tells of what is sent on; nothing where nothing is. */
export function exportGauges({
  counts,
  restarts,
}: Pick<Exporting, "counts" | "restarts">): Gauge[] {
  const all = Object.entries(counts);
  if (all.length === 0) return [];
  const values = (state: keyof ExportCounts) =>
    all.flatMap(([sink, signals]) =>
      Object.entries(signals).map(([signal, one]) => ({
        labels: { sink, signal },
        value: one[state],
      })),
    );
  return [
    {
      name: "portcullis_export_sent_total",
      help: "What was sent on and taken, by sink and signal.",
      type: "counter",
      value: values("sent"),
    },
    {
      name: "portcullis_export_dropped_total",
      help: "What was to be sent on and nobody took, by sink and signal.",
      type: "counter",
      value: values("dropped"),
    },
    {
      name: "portcullis_export_waiting",
      help: "What waits to be sent on, by sink and signal.",
      type: "gauge",
      value: values("waiting"),
    },
    {
      name: "portcullis_export_restarts_total",
      help: "Times that the thread which sends it was started anew.",
      type: "counter",
      value: restarts,
    },
  ];
}
