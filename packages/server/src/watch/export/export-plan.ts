export const exportSignals = ["metrics", "logs", "traces"] as const;
export type ExportSignal = (typeof exportSignals)[number];

/** Where records and metrics go by OTLP. Plain data: it travels to the thread that sends. */
export interface OtlpPlan {
  readonly form: "otlp";
  /** Its name in `/metrics`: the form and the host. */
  readonly name: string;
  /** Before `/v1/logs` and the like. */
  readonly to: string;
  readonly signals: readonly ExportSignal[];
  /** Of requests that passed without any decision; the others always go. */
  readonly share: number;
  readonly token: string | undefined;
}

export type ExportPlan = OtlpPlan;

/** What a sink is counted by. */
export interface ExportCounts {
  readonly sent: number;
  /** Nobody took them, or more would have waited than may. */
  readonly dropped: number;
  readonly waiting: number;
}

/** By sink, and in it by signal. */
export type AllExportCounts = Readonly<Record<string, Readonly<Record<string, ExportCounts>>>>;

export type ToExport =
  | { readonly kind: "use"; readonly plans: readonly ExportPlan[] }
  | { readonly kind: "lines"; readonly lines: Uint8Array; readonly count: number }
  | { readonly kind: "metrics"; readonly text: string; readonly atMs: number }
  | { readonly kind: "end"; readonly withinMs: number };

export type FromExport =
  | { readonly kind: "taken"; readonly bytes: number; readonly count: number }
  | { readonly kind: "counts"; readonly counts: AllExportCounts }
  | { readonly kind: "say"; readonly message: string }
  | { readonly kind: "ended" };
