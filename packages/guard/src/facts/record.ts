import type { Effect } from "./decision.ts";
import type { Mode } from "./mode.ts";
import type { HashedNames } from "./named.ts";
import type { Signal } from "./signal.ts";

/**
 * What one request leaves behind: an allow-list, so that no token, body or personal datum can slip
 * in. Addresses, subjects and devices appear only as far as the policy's `record` names them, and as
 * pseudonyms unless it says otherwise.
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
  /** Whether it came with a credential that was believed; left out where not. Says not whose. */
  readonly signedIn?: true | undefined;
  /** Whether that credential is bound to a key or a certificate of the caller's device. */
  readonly bound?: true | undefined;
  readonly outcome: "passed" | "refused" | "failed";
  readonly code: string | undefined;
  readonly decisions: readonly (HashedNames & {
    readonly code: string;
    readonly mode: Mode;
    /** What comes of it where it is enforced; left out where the request is refused. */
    readonly effect?: Effect;
    readonly detail: string | undefined;
    /** The rule of the policy that decided so, in the words of `check`; left out where there is none. */
    readonly rule?: string;
    readonly at: readonly string[] | undefined;
  })[];
  /**
   * Mode keys of decisions for which this caller is among the first quarter: those who meet it
   * where enforcing begins with 25 % of callers. Left out where there are none.
   */
  readonly first?: readonly string[] | undefined;
  /** Pointers of properties taken from the answer, or that would have been. */
  readonly stripped: readonly string[] | undefined;
  /** Parts of a request that passed in no one spelling, as they were sent: `query`, `body`. */
  readonly unwritten: readonly string[] | undefined;
  /** What of the operation could not be checked, because its document cannot be read. */
  readonly unchecked?: readonly string[] | undefined;
  readonly durationMs: number;
  readonly upstreamMs: number | undefined;
  readonly answerBytes: number;
  /** Of a WebSocket, which leaves two records: one when it is opened, one when it is over. */
  readonly webSocket?: { readonly state: "opened" } | WebSocketEnd | undefined;
  readonly address?: string | undefined;
  readonly subject?: string | undefined;
  readonly client?: string | undefined;
  /** The key or certificate that the caller's token is bound to, or what the token calls its device. */
  readonly device?: string | undefined;
  /** Who acted in whose name, always by name: whoever lets staff do so must be able to tell. */
  readonly acting?: RecordedActing | undefined;
  /** For those who look for attacks: it goes no further than the control thread. */
  readonly signal?: Signal | undefined;
}

/** By the keys that limits and revocations count them by. */
export interface RecordedActing {
  readonly actor: string;
  readonly subject: string;
  readonly reason: string;
  /** By which it stands in the audit. */
  readonly session: string;
}

/** How a WebSocket has ended, without a word of what was said. */
export interface WebSocketEnd {
  readonly state: "closed";
  /** 1005: an end gave no code; 1006: the connection was lost (RFC 6455 section 7.4.1). */
  readonly closeCode: number;
  readonly closedBy: "caller" | "backend" | "gate";
  /** Messages and bytes that the caller has sent. */
  readonly messagesIn: number;
  readonly bytesIn: number;
  /** Messages and bytes that the backend has sent. */
  readonly messagesOut: number;
  readonly bytesOut: number;
  /** Messages that would have been refused, and were only observed. */
  readonly observed: number;
}

/** Personal fields that the policy may name. */
export const personalFields = ["address", "subject", "client", "device"] as const;
export type PersonalField = (typeof personalFields)[number];

/** Those that stand there as a pseudonym; a client is an app. */
export const pseudonymFields = ["address", "subject", "device"] as const;
export type PseudonymField = (typeof pseudonymFields)[number];
