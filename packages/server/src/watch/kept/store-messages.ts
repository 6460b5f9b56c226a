import type { Forecast, ForecastQuestion } from "../forecast/forecast.ts";
import type { RecordPage, RecordQuestion } from "../record-page.ts";
import type { Series, SeriesQuestion } from "../series.ts";
import type { EngineName } from "./engine.ts";
import type { Keeping, SealedSubject } from "./record-store.ts";

/** What somebody wants to know of what is kept. */
export type StoreQuestion =
  | { readonly kind: "records"; readonly question: RecordQuestion }
  | { readonly kind: "series"; readonly question: SeriesQuestion }
  | { readonly kind: "forecast"; readonly question: ForecastQuestion }
  | { readonly kind: "subject"; readonly pseudonym: string };

export type StoreAnswer = RecordPage | Series | Forecast | string | undefined;

/** How an answer that is none came to be. */
export type StoreFault = "cursor" | "deadline" | "fault";

export type ToStore =
  | {
      readonly kind: "open";
      readonly folder: string;
      /** Undefined: DuckDB where it is installed. */
      readonly form: EngineName | undefined;
      readonly keeping: Keeping;
      /** Of the process before this one. */
      readonly run: number | undefined;
      /** A file at which processes before this one have ended. */
      readonly setAside: string | undefined;
    }
  | { readonly kind: "keep"; readonly keeping: Keeping }
  | {
      readonly kind: "add";
      readonly first: number;
      readonly count: number;
      readonly lines: Uint8Array;
    }
  | { readonly kind: "subjects"; readonly day: string; readonly subjects: readonly SealedSubject[] }
  | {
      readonly kind: "ask";
      readonly id: number;
      readonly asked: StoreQuestion;
      readonly deadlineMs: number;
    }
  | { readonly kind: "close" };

export interface StoreState {
  readonly residentBytes: number;
  readonly keptBytes: number;
  /** Files that could not be read. */
  readonly unreadable: number;
}

export type FromStore =
  | { readonly kind: "ready"; readonly run: number; readonly form: EngineName }
  | { readonly kind: "opening"; readonly path: string | undefined }
  /** All of this batch is kept; `unread` of it could not be read. */
  | { readonly kind: "added"; readonly first: number; readonly unread: number }
  /** Nothing of this batch is: it may be sent again. */
  | { readonly kind: "not-added"; readonly first: number; readonly why: string }
  | {
      readonly kind: "answer";
      readonly id: number;
      readonly answer: StoreAnswer;
      readonly fault?: { readonly kind: StoreFault; readonly message: string };
    }
  | { readonly kind: "state"; readonly state: StoreState }
  | { readonly kind: "say"; readonly message: string }
  /** It cannot begin at all. */
  | { readonly kind: "failed"; readonly message: string };
