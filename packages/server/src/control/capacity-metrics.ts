import type { CapacityCounts } from "../upstream/read-concurrency.ts";
import { waitBoundsMs } from "../upstream/shared-concurrency.ts";
import type { Gauge } from "../watch/prometheus.ts";

/** What backends work on and should, and who was given up. */
export const capacityGauges = ({ targets, waits }: CapacityCounts): readonly Gauge[] => [
  {
    name: "portcullis_concurrency_limit",
    help: "Requests that each backend should work on at once.",
    type: "gauge",
    value: targets.map(({ limit, target }) => ({ labels: { target }, value: limit })),
  },
  {
    name: "portcullis_inflight",
    help: "Requests that each backend works on, where that is bounded.",
    type: "gauge",
    value: targets.map(({ inflight, target }) => ({ labels: { target }, value: inflight })),
  },
  {
    name: "portcullis_shed_total",
    help: "Requests that were given up because a backend was full, by priority.",
    type: "counter",
    value: waits.map(({ priority, shed }) => ({ labels: { priority }, value: shed })),
  },
];

/** How long requests have waited for a backend where its concurrency is bounded. */
export function queueWaitText({ waits }: CapacityCounts): string {
  const name = "portcullis_queue_wait_seconds";
  const lines = [
    `# HELP ${name} How long requests have waited for a place at a backend, by priority.`,
    `# TYPE ${name} histogram`,
  ];
  for (const { counts, priority, sumMs } of waits) {
    let below = 0;
    for (const [index, count] of counts.entries()) {
      below += count;
      const bound = waitBoundsMs[index];
      const le = bound === undefined ? "+Inf" : String(bound / 1000);
      lines.push(`${name}_bucket{priority="${priority}",le="${le}"} ${below}`);
    }
    lines.push(`${name}_sum{priority="${priority}"} ${sumMs / 1000}`);
    lines.push(`${name}_count{priority="${priority}"} ${below}`);
  }
  return `${lines.join("\n")}\n`;
}
