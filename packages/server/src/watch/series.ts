/** What counts are told apart by. */
export const seriesDimensions = [
  "operation",
  "app",
  "appVersion",
  "outcome",
  "class",
  "code",
  "mode",
] as const;
export type SeriesDimension = (typeof seriesDimensions)[number];

export const seriesSteps = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;
export type SeriesStep = keyof typeof seriesSteps | "all";

export interface SeriesQuestion {
  readonly fromMs: number;
  readonly toMs: number;
  readonly step: SeriesStep;
  readonly by: readonly SeriesDimension[];
  readonly filter: Readonly<Partial<Record<SeriesDimension, string>>>;
  /** Whether to say how long requests took: it costs much more. */
  readonly durations: boolean;
}

/** How long requests took, in milliseconds, right to one percent. */
export interface Quantiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

export type SeriesItem = Readonly<Partial<Record<SeriesDimension, string>>> & {
  /** When the step begins; of `all`, when the question does. */
  readonly at: string;
  readonly requests: number;
  /** Decisions of the codes and modes that were asked for; a request may have several. */
  readonly decided: number;
  readonly durationMs?: Quantiles;
  readonly upstreamMs?: Quantiles;
};

export interface Series {
  readonly items: readonly SeriesItem[];
  /** Of records of which a part is kept, requests are estimated. */
  readonly estimated: boolean;
  readonly missing: readonly string[];
}
