/** What a stream of records tells: the events of `GET /records/live`, and how the stream itself is. */
export type StreamEvent =
  | { readonly kind: "record"; readonly id: string; readonly record: LiveRecord }
  | { readonly kind: "shown"; readonly shown: number; readonly of: number }
  | { readonly kind: "gap"; readonly because: string }
  | { readonly kind: "refused"; readonly because: string }
  | { readonly kind: "open" }
  | { readonly kind: "lost" };

/** A decision record, as far as it is read here. Anything in it may have been sent by a caller. */
export interface LiveRecord {
  readonly time: string;
  readonly traceId: string;
  readonly operation: string;
  readonly method: string;
  readonly path?: string;
  readonly apiVersion?: string;
  readonly app?: string;
  readonly appVersion?: string;
  readonly status: number;
  readonly upstreamStatus?: number;
  readonly signedIn?: boolean;
  readonly outcome: "passed" | "refused" | "failed";
  readonly code?: string;
  readonly decisions: readonly RecordedDecision[];
  readonly stripped?: readonly string[];
  readonly unwritten?: readonly string[];
  readonly unchecked?: readonly string[];
  readonly durationMs: number;
  readonly upstreamMs?: number;
  readonly answerBytes?: number;
  readonly address?: string;
  readonly subject?: string;
  readonly client?: string;
  readonly device?: string;
}

export interface RecordedDecision {
  readonly code: string;
  readonly mode: string;
  readonly detail?: string;
  readonly rule?: string;
  readonly at?: readonly string[];
  readonly caller?: string;
  readonly owners?: readonly string[];
  readonly objects?: readonly string[];
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;

export const isLiveRecord = (value: unknown): value is LiveRecord =>
  isObject(value) &&
  typeof value["traceId"] === "string" &&
  typeof value["time"] === "string" &&
  Array.isArray(value["decisions"]);

/** @returns undefined for what is no such event: an answer by half must not end the page */
export function readStreamEvent(kind: string, id: string, data: string): StreamEvent | undefined {
  let read: unknown;
  try {
    read = JSON.parse(data);
  } catch {
    return undefined;
  }
  if (!isObject(read)) return undefined;
  if (kind === "record") {
    return isLiveRecord(read) ? { kind, id, record: read } : undefined;
  }
  if (kind === "shown") {
    const [shown, of] = [Number(read["shown"]), Number(read["of"])];
    return Number.isFinite(shown) && Number.isFinite(of) ? { kind, shown, of } : undefined;
  }
  if (kind === "gap" || kind === "refused") {
    const because = read["because"];
    return { kind, because: typeof because === "string" ? because : "" };
  }
  return undefined;
}
