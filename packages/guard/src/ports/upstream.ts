import type { Duplex, Readable } from "node:stream";
import type { Urgency } from "../reading/urgency.ts";

/**
 * The port through which the journey hands a request on. The server implements it over pooled
 * connections; a middleware door over `next()`.
 */
export interface UpstreamRequest {
  readonly method: string;
  /** Canonical path with its query, exactly what was checked. */
  readonly target: string;
  /** Flat name, value, name, value; already cleaned of hop-by-hop and spoofable fields. */
  readonly headers: string[];
  readonly body: Buffer | Readable | null;
  /**
   * May be sent a second time if the first connection broke before an answer: safe methods without
   * a streamed body.
   */
  readonly repeatable: boolean;
  /** Who asks, or from which network: no caller takes all places at the backends. */
  readonly caller?: string;
  /** Whether nobody signed in: what is kept of the answer is less. */
  readonly isStranger?: boolean;
  /** Which operation asks: how long it usually takes is learned for each by itself. */
  readonly operation?: string;
  readonly urgency?: Urgency;
  /**
   * Whether it is given up where the backend is full or its deadline has passed (`enforce`), or
   * only told that it would be (`observe`). What the gate itself can hold bounds it in any case.
   */
  readonly shedding?: "off" | "observe" | "enforce";
  /** Told where it would have been given up, was that enforced; what follows stays as it is. */
  readonly onObserved?: ((code: SheddingCode, detail: string) => void) | undefined;
}

/** What a request is given up by before the backend has failed in anything. */
export type SheddingCode = "capacity-exceeded" | "deadline-passed";

export type UpstreamFaultCode =
  | "upstream-unreachable"
  | "upstream-timeout"
  | "upstream-malformed"
  | SheddingCode;

/**
 * Called in order: onHead, onData*, then onEnd or onFault. onFault may come first; nothing follows
 * it.
 */
export interface AnswerReceiver {
  /** `headers` is flat: name, value, name, value, as the backend sent them. */
  onHead(status: number, headers: string[]): void;
  /** False asks the upstream to pause until `resume`. */
  onData(chunk: Buffer): boolean;
  onEnd(trailers: string[]): void;
  onFault(code: UpstreamFaultCode, detail: string): void;
}

export interface Forwarding {
  resume(): void;
  abort(): void;
}

/** What becomes of a handshake: the backend switches, or answers like to any request. */
export interface UpgradeReceiver {
  /** `headers` are those of the 101, flat; `head` is what came behind it. */
  onSwitched(headers: string[], socket: Duplex, head: Buffer): void;
  readonly refused: AnswerReceiver;
}

export interface Upstream {
  forward(request: UpstreamRequest, receiver: AnswerReceiver): Forwarding;
  /** Absent where connections cannot be handed over, as behind a middleware door. */
  upgrade?(request: UpstreamRequest, receiver: UpgradeReceiver): Forwarding;
}

export { priorities, type Priority, type Urgency, usualUrgency } from "../reading/urgency.ts";
export { atEndOfTurn, type Leaving } from "./end-of-turn.ts";
export { isFieldValue } from "../reading/field-value.ts";
