import type { ProvenanceCounts } from "@portcullis/guard/state";
import type { FaultCounts } from "../watch/fault-counts.ts";
import type { KeptRecords } from "../watch/kept/kept-records.ts";
import type { LineCounts } from "../watch/line-writer.ts";
import type { Gauge } from "../watch/prometheus.ts";

/** What the control thread counts itself. */
export interface ControlCounts {
  readonly gateThreads: number;
  /** By what records are given to. */
  readonly records: Readonly<Record<string, LineCounts>>;
  readonly recordsOverrun: number;
  /** Of the process that keeps records; undefined where there is none. */
  readonly kept: KeptRecords["state"];
  readonly faults: ReturnType<FaultCounts["all"]>;
  readonly cleartextRequests: number;
  /** Modes that were set while the program runs, and hold. */
  readonly switches: number;
  readonly reloads: number;
  readonly reloadsRefused: number;
  readonly reloadsUndone: number;
  readonly gateThreadsEnded: number;
  /** Counts of limits that were forgotten before their time, by the class of their window. */
  readonly tableEvictions: Readonly<Record<string, number>>;
  /** Undefined where this node keeps nothing of what was shown. */
  readonly provenance: ProvenanceCounts | undefined;
}

/** The same under the names that `/metrics` has for them. */
export const gaugesOf = (counts: ControlCounts): readonly Gauge[] => [
  {
    name: "portcullis_gate_threads",
    help: "Gate threads that serve.",
    type: "gauge",
    value: counts.gateThreads,
  },
  ...recordGauges(counts.records),
  {
    name: "portcullis_records_overrun_total",
    help: "Records that found no room between the threads. Every sink counts them as dropped.",
    type: "counter",
    value: counts.recordsOverrun,
  },
  {
    name: "portcullis_faults_total",
    help: "Faults that belong to no request, by the part in which they happened.",
    type: "counter",
    value: Object.entries(counts.faults).map(([part, value]) => ({ labels: { part }, value })),
  },
  {
    name: "portcullis_cleartext_requests_total",
    help: "Requests that came without encryption.",
    type: "counter",
    value: counts.cleartextRequests,
  },
  {
    name: "portcullis_switches",
    help: "Switches that hold over the policy.",
    type: "gauge",
    value: counts.switches,
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
  {
    name: "portcullis_policy_undone_total",
    help: "Times a change of the policy was undone because gate threads kept ending.",
    type: "counter",
    value: counts.reloadsUndone,
  },
  {
    name: "portcullis_gate_threads_ended_total",
    help: "Gate threads that have ended by a fault; another was started in place of each.",
    type: "counter",
    value: counts.gateThreadsEnded,
  },
  {
    name: "portcullis_table_evictions_total",
    help: "Counts of limits that made room before their time because limits.keys was too small.",
    type: "counter",
    value: Object.entries(counts.tableEvictions).map(([room, value]) => ({
      labels: { room },
      value,
    })),
  },
  ...(counts.kept === undefined ? [] : keptGauges(counts.kept)),
  ...(counts.provenance === undefined ? [] : provenanceGauges(counts.provenance)),
];

/** Of every sink, the three add up to all the records there were. */
const recordGauges = (bySink: ControlCounts["records"]): readonly Gauge[] => {
  const values = (state: keyof LineCounts) =>
    Object.entries(bySink).map(([sink, counts]) => ({ labels: { sink }, value: counts[state] }));
  return [
    {
      name: "portcullis_records_written_total",
      help: "Records that were written whole, by sink.",
      type: "counter",
      value: values("written"),
    },
    {
      name: "portcullis_records_dropped_total",
      help: "Records that nobody took, by sink.",
      type: "counter",
      value: values("dropped"),
    },
    {
      name: "portcullis_records_waiting",
      help: "Records that wait for whoever takes them, by sink.",
      type: "gauge",
      value: values("waiting"),
    },
  ];
};

const provenanceGauges = (counts: ProvenanceCounts): readonly Gauge[] => [
  {
    name: "portcullis_provenance_forgotten_total",
    help: "Ids forgotten within thirty days after they were shown, since the gate was started.",
    type: "counter",
    value: counts.forgottenYoung,
  },
  {
    name: "portcullis_provenance_evicted_total",
    help: "Ids forgotten at any age, since the gate was started.",
    type: "counter",
    value: counts.forgotten,
  },
  {
    name: "portcullis_provenance_callers",
    help: "Callers of whom it is remembered what they were shown.",
    type: "gauge",
    value: counts.callers,
  },
  {
    name: "portcullis_provenance_older_ids",
    help: "Ids that are kept beyond those that each caller is sure of.",
    type: "gauge",
    value: counts.older,
  },
];

const keptGauges = (kept: NonNullable<ControlCounts["kept"]>): readonly Gauge[] => [
  {
    name: "portcullis_kept_bytes",
    help: "What kept records and their counts take of the disk.",
    type: "gauge",
    value: kept.keptBytes,
  },
  {
    name: "portcullis_kept_resident_bytes",
    help: "Memory of the process that keeps records.",
    type: "gauge",
    value: kept.residentBytes,
  },
  {
    name: "portcullis_kept_restarts_total",
    help: "Times that the process that keeps records was started anew.",
    type: "counter",
    value: kept.restarts,
  },
  {
    name: "portcullis_kept_unreadable_files",
    help: "Files of records that could not be read and were set aside.",
    type: "gauge",
    value: kept.unreadable,
  },
];
