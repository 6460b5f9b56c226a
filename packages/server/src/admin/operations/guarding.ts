import type { Forecast, ForecastQuestion } from "../../watch/forecast/forecast.ts";
import type { GuardedOperation } from "../../policy/guarded-operations.ts";
import type { SwitchRecord } from "../../store/tables/switches.ts";
import type { AskSeries } from "../records/series.ts";

/** @throws UnansweredFault */
export type AskForecast = (question: ForecastQuestion) => Promise<Forecast>;

/** What operations are guarded by, and what came of it. */
export interface Guarding {
  /** By the policy that serves at that moment. */
  readonly guarded: () => readonly GuardedOperation[];
  /** Those that hold, the later ones last. */
  readonly holding: () => Promise<readonly SwitchRecord[]>;
  /** Undefined where no records are kept. */
  readonly forecast: AskForecast | undefined;
  readonly series: AskSeries | undefined;
  /** How long records are kept at most. */
  readonly keptMs: () => number;
}
