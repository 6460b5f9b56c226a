import type { UpstreamRequest } from "@portcullis/guard/upstream";

/** Why a request has no answer. */
export type FailureKind =
  /** No connection was made: nothing of the request was sent. */
  | "unsent"
  /** The connection broke before or within the answer. */
  | "lost"
  | "timeout"
  /** What came is no answer of HTTP. */
  | "malformed";

export interface Failure {
  readonly kind: FailureKind;
  /** For the record; never holds what a caller has sent. */
  readonly detail: string;
}

/** Told of one attempt, in order: onHead, onData*, then onEnd or onFailure; onFailure may be first. */
export interface AttemptReceiver {
  /** So much of the body was sent. */
  onSent(bytes: number): void;
  /** All of the request was sent. */
  onAllSent(): void;
  onHead(status: number, headers: string[]): void;
  onData(chunk: Buffer): void;
  onEnd(trailers: string[]): void;
  onFailure(failure: Failure): void;
}

/** One attempt under way. After an abort nothing more is told. */
export interface Attempt {
  pause(): void;
  resume(): void;
  abort(): void;
}

/**
 * Connections to one backend. Which backend is asked, how long requests wait for it and what is
 * tried again is decided above, so that another connection can take this one's place.
 */
export interface Transport {
  /** @param isSecondTry sent on a new connection: one that was idle may be lost like the first */
  begin(
    request: UpstreamRequest,
    headersTimeoutMs: number,
    receiver: AttemptReceiver,
    isSecondTry?: boolean,
  ): Attempt;
  /** Asks for a path, and tells the status. @throws Error where there is no answer in time */
  probe(path: string, timeoutMs: number): Promise<number>;
  close(): Promise<void>;
}
