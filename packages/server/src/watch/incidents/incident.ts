import type { Family, KeyKind, Severity } from "../detectors/evidence.ts";

export const incidentStates = ["open", "acknowledged", "closed"] as const;
export type IncidentState = (typeof incidentStates)[number];

/** What people say that an incident was. `expected`: a drill or a test of their own. */
export const marks = ["true", "benign", "expected"] as const;
export type Mark = (typeof marks)[number];

/** One of the requests that tell most. Nothing in it that records do not hold. */
export interface TellingRecord {
  readonly traceId: string;
  readonly time: string;
  readonly operation: string;
  readonly status: number;
  readonly code?: string;
  readonly attempt?: string;
  readonly address?: string;
  readonly subject?: string;
}

export interface Moment {
  readonly at: string;
  readonly what: string;
}

/** What was done about it, by the policy or by a person. */
export interface Done {
  readonly at: string;
  /** As `respond` has it, such as `pressure` or `stepUp`; or `undo`. */
  readonly action: string;
  /** `observe`: it would have been done. */
  readonly mode: "observe" | "enforce";
  readonly what: string;
  /** It ends by itself. */
  readonly until?: string;
  /** The command that takes it back. */
  readonly undo?: string;
}

/** Who is touched by it. Counted, as far as they were told apart. */
export interface Touched {
  readonly accounts: number;
  readonly addresses: number;
  readonly callers: number;
  readonly objects: number;
}

/** A release of an app that most of what was seen came from. */
export interface ExplainingRelease {
  readonly app: string;
  readonly version: string;
  readonly at: string;
  /** Of what was seen. */
  readonly share: number;
  /** It is so new that nobody is called for it: it is told of in the digest. */
  readonly isQuiet: boolean;
}

/** Whom it is held against, by a name that says nothing to who has only this. */
export interface NamedKey {
  readonly kind: KeyKind;
  /** Empty for everybody. */
  readonly name: string;
}

/** One campaign, in all that was seen of it. Plain data: it is kept. */
export interface Incident {
  readonly id: string;
  readonly kind: string;
  readonly detector: string;
  readonly family: Family;
  readonly severity: Severity;
  readonly state: IncidentState;
  readonly mark?: Mark;
  readonly summary: string;
  readonly operation: string;
  readonly operations: readonly string[];
  readonly startedAtMs: number;
  readonly lastAtMs: number;
  readonly closedAtMs?: number;
  readonly observed: string;
  readonly baseline: string;
  readonly errorRate?: number;
  readonly falseIf: string;
  /** The narrowest that explains most of it, and everything that was reported. */
  readonly because: NamedKey & { readonly share: number };
  /** Every key that explains it, sealed: what responses are about. Never shown. */
  readonly hidden?: string;
  readonly keys: readonly NamedKey[];
  readonly detectors: readonly string[];
  readonly touched: Touched;
  readonly records: readonly TellingRecord[];
  readonly timeline: readonly Moment[];
  readonly done: readonly Done[];
  readonly release?: ExplainingRelease;
}

/** How an incident has changed, for those who tell of it. */
export type Change = "opened" | "raised" | "grown" | "closed" | "marked";
