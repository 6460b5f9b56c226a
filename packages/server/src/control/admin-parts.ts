import type { OwnerEvidence } from "@portcullis/guard/ownership";
import { StateMeasures } from "@portcullis/guard/state";
import { Releasing } from "../admin/releases/releasing.ts";
import type { Administrations, AdminParts } from "../admin/routes.ts";
import { readConcurrency } from "../upstream/read-concurrency.ts";
import type { Exporting } from "../watch/export/exporting.ts";
import type { PartState, SharedParts } from "../watch/shared-parts.ts";
import { type SourceCounts, sourceGauge } from "../watch/source-counts.ts";
import type { GateFleet } from "../gate/fleet.ts";
import type { Spenders } from "../watch/spenders.ts";
import type { TokenTimes } from "../watch/token-times.ts";
import type { AttackWatching } from "./attack-watching.ts";
import type { ClockKeeping } from "./clock-keeping.ts";
import { type AskedOfRecords, askedOfRecords, keepingOf } from "./keep-records.ts";
import { type Measured, metricsText } from "./metrics-text.ts";
import { missingKeys } from "./missing-keys.ts";
import { exportGauges } from "./export-gauges.ts";
import { postureNow } from "./posture-now.ts";
import { flowGauge } from "./flow-gauge.ts";
import type { PressureNow } from "./pressure-now.ts";
import { type Serving, sourceNames } from "./serving.ts";
import type { SharedState } from "./shared-state.ts";
import type { TrustedIssuer } from "./trusted-issuer.ts";
import { wantedParts } from "./wanted-parts.ts";

type MeasuredAsItIs = Pick<Measured, "faults" | "provenance" | "reloads" | "writer">;

/** The parts of the control thread that the admin API asks. */
export interface AskedByAdmin extends MeasuredAsItIs, Omit<AskedOfRecords, "administrations"> {
  readonly serving: Serving;
  readonly issuer: TrustedIssuer;
  readonly shared: SharedState;
  readonly sharedParts: SharedParts;
  readonly evidence: OwnerEvidence;
  readonly sources: SourceCounts;
  readonly tokenTimes: TokenTimes;
  readonly spenders: Spenders;
  readonly fleet: Measured["fleet"] & Pick<GateFleet, "giveBack">;
  readonly clock: ClockKeeping;
  readonly pressure: PressureNow;
  readonly attacks: AttackWatching;
  readonly exporting: Pick<Exporting, "counts" | "restarts">;
  readonly administrations:
    | (Administrations & NonNullable<AskedOfRecords["administrations"]>)
    | undefined;
  /** Whether the program has begun to stop. */
  readonly isLeaving: () => boolean;
  /** At the port that answers nothing without encryption. */
  readonly cleartextRequests: () => number;
}

/** Of every request that was answered before it is asked. */
function forecastOf({ kept, records }: AskedByAdmin): AdminParts["guarding"]["forecast"] {
  if (kept === undefined) return undefined;
  return (question) => {
    records.take();
    return kept.forecast(question);
  };
}

/** What the admin API is answered from, each thing as it is at the moment that it is asked for. */
export function adminParts(asked: AskedByAdmin): AdminParts {
  const { administrations, attacks, clock, issuer, pressure, serving, shared } = asked;
  const sourcesNow = () => asked.sources.of(sourceNames(serving.plan));
  const partsNow = (): readonly PartState[] => asked.sharedParts.all(wantedParts(serving, issuer));
  return {
    metrics: () =>
      metricsText({
        ...asked,
        gauges: [
          clock.gauge(),
          flowGauge(shared.flows),
          pressure.gauge(),
          sourceGauge(sourcesNow()),
          ...exportGauges(asked.exporting),
        ],
        capacity: readConcurrency(shared.concurrency),
        tokenTimes: asked.tokenTimes,
        cleartextRequests: asked.cleartextRequests(),
        switches: issuer.permissions?.switches ?? [],
        state: new StateMeasures(shared.stateMeasures),
        attacks: attacks.counts(),
        parts: partsNow(),
      }),
    notReady: () => (asked.isLeaving() ? "it is stopping" : missingKeys(serving, issuer)),
    degraded: () => partsNow().filter(({ lost }) => lost !== undefined),
    evidence: () => asked.evidence.all(),
    sources: sourcesNow,
    ...askedOfRecords(asked),
    administrations,
    guarding: {
      guarded: () => serving.plan.guarded,
      holding: async () => (await administrations?.switches(undefined).list()) ?? [],
      keptMs: () => keepingOf(serving.policy).rawMs,
      series: asked.kept?.series.bind(asked.kept),
      forecast: forecastOf(asked),
    },
    incidents: attacks,
    releases: new Releasing({
      book: attacks.releases,
      apps: () => attacks.apps,
      nowMs: attacks.nowMs,
    }),
    posture: () => postureNow({ ...asked, nowMs: attacks.nowMs }),
    pressing: pressure.pressing(),
    spenders: asked.spenders,
    givingBack: asked.fleet,
  };
}
