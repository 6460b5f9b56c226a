import { protocolProblems } from "@portcullis/guard/problems";
import { evictionsOf, type ProvenanceCounts, type StateMeasures } from "@portcullis/guard/state";
import type { CapacityCounts } from "../upstream/read-concurrency.ts";
import type { FaultCounts } from "../watch/fault-counts.ts";
import type { KeptRecords } from "../watch/kept/kept-records.ts";
import type { LineWriter } from "../watch/line-writer.ts";
import { type Gauge, prometheusText } from "../watch/prometheus.ts";
import type { RecordIntake } from "../watch/record-intake.ts";
import { stateText } from "../watch/state-text.ts";
import { type PartState, partsText } from "../watch/shared-parts.ts";
import { type TokenTimes, tokenTimesText } from "../watch/token-times.ts";
import { gaugesOf } from "./gauges.ts";
import { capacityGauges, queueWaitText } from "./capacity-metrics.ts";
import { limitRefusals } from "./limit-refusals.ts";
import { attackGauges } from "./attack-gauges.ts";
import type { AttackCounts } from "./attack-parts.ts";
import type { Serving } from "./serving.ts";

/** Everything that `/metrics` tells of. */
export interface Measured {
  readonly records: Pick<RecordIntake, "allCounts" | "decided" | "overrun">;
  readonly writer: Pick<LineWriter, "counts">;
  /** Undefined where no records are kept. */
  readonly kept: Pick<KeptRecords, "counts" | "state"> | undefined;
  readonly fleet: { readonly size: number; readonly ended: number };
  readonly faults: Pick<FaultCounts, "all">;
  readonly reloads: { readonly count: number; readonly refused: number; readonly undone: number };
  readonly serving: Pick<Serving, "planSettings">;
  readonly provenance: { counts(): ProvenanceCounts | undefined };
  readonly tokenTimes: Pick<TokenTimes, "all">;
  /** Of parts that say it themselves. */
  readonly gauges: readonly Gauge[];
  /** What backends work on. */
  readonly capacity: CapacityCounts;
  /** At the port that answers nothing without encryption. */
  readonly cleartextRequests: number;
  /** Modes that were set while the program runs. */
  readonly switches: readonly unknown[];
  readonly state: Pick<StateMeasures, "read">;
  readonly parts: readonly PartState[];
  readonly attacks: AttackCounts;
}

/** In the text format of Prometheus. */
export function metricsText(measured: Measured): string {
  const { capacity, faults, fleet, kept, parts, provenance, records, reloads, serving, writer } =
    measured;
  const counts = records.allCounts();
  return (
    prometheusText(counts, [
      limitRefusals(counts.decisions),
      ...capacityGauges(capacity),
      ...attackGauges(measured.attacks),
      ...measured.gauges,
      ...gaugesOf({
        gateThreads: fleet.size,
        records: {
          stdout: writer.counts,
          ...(kept === undefined ? {} : { kept: kept.counts }),
        },
        kept: kept?.state,
        recordsOverrun: records.overrun,
        faults: faults.all(),
        cleartextRequests:
          measured.cleartextRequests + records.decided(protocolProblems["cleartext-refused"].code),
        switches: measured.switches.length,
        reloads: reloads.count,
        reloadsRefused: reloads.refused,
        reloadsUndone: reloads.undone,
        gateThreadsEnded: fleet.ended,
        tableEvictions: evictionsOf(serving.planSettings.buckets),
        provenance: provenance.counts(),
      }),
    ]) +
    queueWaitText(capacity) +
    tokenTimesText(measured.tokenTimes.all()) +
    stateText(measured.state.read()) +
    partsText(parts)
  );
}
