import type { Gauge } from "../watch/prometheus.ts";

/** What the control thread counts itself. */
export interface ControlCounts {
  readonly gateThreads: number;
  readonly recordsDropped: number;
  readonly cleartextRequests: number;
  readonly reloads: number;
  readonly reloadsRefused: number;
}

/** The same under the names that `/metrics` has for them. */
export const gaugesOf = (counts: ControlCounts): readonly Gauge[] => [
  {
    name: "portcullis_gate_threads",
    help: "Gate threads that serve.",
    type: "gauge",
    value: counts.gateThreads,
  },
  {
    name: "portcullis_records_dropped_total",
    help: "Records that nobody took in time.",
    type: "counter",
    value: counts.recordsDropped,
  },
  {
    name: "portcullis_cleartext_requests_total",
    help: "Requests that came without encryption.",
    type: "counter",
    value: counts.cleartextRequests,
  },
  {
    name: "portcullis_policy_reloads_total",
    help: "Times the policy was read again.",
    type: "counter",
    value: counts.reloads,
  },
  {
    name: "portcullis_policy_reloads_refused_total",
    help: "Times a changed policy was not understood, and the old one went on serving.",
    type: "counter",
    value: counts.reloadsRefused,
  },
];
