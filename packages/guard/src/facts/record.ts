import type { Mode } from "./mode.ts";

/**
 * What one request leaves behind: an allow-list, so that no token, body or personal datum can slip
 * in. Addresses and subjects appear only as far as the policy's `record` names them.
 */
export interface DecisionRecord {
  readonly time: string;
  readonly traceId: string;
  readonly operation: string;
  readonly method: string;
  /** The template, never the path itself: a path holds ids. Absent for what no document names. */
  readonly path: string | undefined;
  readonly apiVersion: string | undefined;
  readonly app: string | undefined;
  readonly appVersion: string | undefined;
  readonly status: number;
  readonly upstreamStatus: number | undefined;
  readonly outcome: "passed" | "refused" | "failed";
  readonly code: string | undefined;
  readonly decisions: readonly {
    readonly code: string;
    readonly mode: Mode;
    readonly detail: string | undefined;
    readonly at: readonly string[] | undefined;
  }[];
  /** Pointers of properties taken from the answer, or that would have been. */
  readonly stripped: readonly string[] | undefined;
  /** Parts of a request that passed in no one spelling, as they were sent: `query`, `body`. */
  readonly unwritten: readonly string[] | undefined;
  readonly durationMs: number;
  readonly upstreamMs: number | undefined;
  readonly answerBytes: number;
  readonly address?: string | undefined;
  readonly subject?: string | undefined;
  readonly client?: string | undefined;
}

/** Personal fields that the policy may name. */
export const personalFields = ["address", "subject", "client"] as const;
export type PersonalField = (typeof personalFields)[number];
