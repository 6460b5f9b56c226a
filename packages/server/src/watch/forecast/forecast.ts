import type { HeldMode } from "@portcullis/guard/modes";

/** A control at an operation, and the mode that it has there now. */
export interface AskedControl {
  /** Its mode key. */
  readonly key: string;
  /** The codes of its refusals. */
  readonly codes: readonly string[];
  readonly held: HeldMode;
}

/** What would become of requests, had a control been enforced: asked of what was observed. */
export interface ForecastQuestion {
  readonly operation: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly controls: readonly AskedControl[];
}

/** How many are told of. People are told apart by who signed in, else by device, else by address. */
export interface Reach {
  /** Requests that are answered today, and would be refused. */
  readonly requests: number;
  readonly people: number;
  /** Those of them that came with a credential bound to a key of their device. */
  readonly boundRequests: number;
  readonly boundPeople: number;
  /** Requests that would pass with something taken out of them or of their answer. */
  readonly mended: number;
  /** Requests that would be refused, and that something else refuses already. */
  readonly already: number;
}

/** One build, with all of it that would be refused if the control were enforced for everybody. */
export interface BuildForecast extends Reach {
  /** Empty where the app does not say which it is. */
  readonly app: string;
  readonly version: string;
}

/** For whom the control would be enforced from this step on, beside those for whom it is. */
export interface StepScope {
  readonly app: string | undefined;
  readonly percent: number | undefined;
}

export interface StepForecast extends StepScope, Reach {
  /** Builds of which it would newly refuse or mend something. */
  readonly builds: readonly BuildForecast[];
  /** Nobody is left for whom it would change anything. */
  readonly isHeld: boolean;
  /** Whether each request was judged, and no share had to be guessed. */
  readonly isCounted: boolean;
}

export interface ControlForecast {
  readonly key: string;
  readonly builds: readonly BuildForecast[];
  readonly steps: readonly StepForecast[];
  /** Requests that would be refused, and that name nobody by whom people could be counted. */
  readonly unnamed: number;
}

export interface Forecast {
  readonly controls: readonly ControlForecast[];
  /** What could not be looked at. */
  readonly missing: readonly string[];
}

/** Requests of one caller that were decided alike. */
export interface DecidedRow {
  readonly app: string;
  readonly version: string;
  /** As the column has it. */
  readonly decided: string;
  readonly isBound: boolean;
  readonly isRefused: boolean;
  /** Empty where nothing names them. */
  readonly person: string;
  readonly requests: number;
}
