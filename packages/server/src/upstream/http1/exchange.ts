import type { Socket } from "node:net";
import type { UpstreamRequest } from "@portcullis/guard/upstream";
import type { Attempt, AttemptReceiver, Failure } from "../transport.ts";
import { backendDeadlines, Deadline } from "./deadlines.ts";
import type { WrittenHead } from "./request-head.ts";

/** What has an exchange: it is asked to slow down, to go on and to end. */
export interface Carrier {
  pause(): void;
  resume(): void;
  abandon(): void;
}

/** Told in place of a head, where the connection leaves HTTP. */
export type OnSwitched = (fields: string[], socket: Socket, head: Buffer) => void;

/**
 * One request and its answer, over whichever protocol. Whatever happens, its receiver is told of one
 * end at most.
 */
export class Exchange<H = WrittenHead> implements Attempt {
  readonly request: UpstreamRequest;
  readonly head: H;
  /** How long the head of its answer may take. */
  readonly headersTimeoutMs: number;
  readonly onSwitched: OnSwitched | undefined;
  carrier: Carrier | undefined;
  /** By how many it was carried: more than one where it was given back. */
  carriedTimes = 0;
  isOver = false;
  readonly #receiver: AttemptReceiver;
  #waiting: Deadline | undefined;

  constructor(
    request: UpstreamRequest,
    head: H,
    headersTimeoutMs: number,
    receiver: AttemptReceiver,
    onSwitched?: OnSwitched,
  ) {
    this.request = request;
    this.head = head;
    this.headersTimeoutMs = headersTimeoutMs;
    this.#receiver = receiver;
    this.onSwitched = onSwitched;
  }

  /** It waits for a connection, as long as it would for an answer. */
  wait(): void {
    this.#waiting = new Deadline(() =>
      this.fail({ kind: "unsent", detail: "no connection was free in time" }),
    );
    backendDeadlines.set(this.#waiting, this.headersTimeoutMs);
  }

  carriedBy(carrier: Carrier): void {
    this.carrier = carrier;
    this.carriedTimes += 1;
    this.#endWaiting();
  }

  sent(bytes: number): void {
    if (!this.isOver) this.#receiver.onSent(bytes);
  }

  allSent(): void {
    if (!this.isOver) this.#receiver.onAllSent();
  }

  answered(status: number, fields: string[]): void {
    if (!this.isOver) this.#receiver.onHead(status, fields);
  }

  data(chunk: Buffer): void {
    if (!this.isOver) this.#receiver.onData(chunk);
  }

  end(trailers: string[]): void {
    if (this.isOver) return;
    this.#finish();
    this.#receiver.onEnd(trailers);
  }

  fail(failure: Failure): void {
    if (this.isOver) return;
    this.#finish();
    this.#receiver.onFailure(failure);
  }

  pause(): void {
    this.carrier?.pause();
  }

  resume(): void {
    this.carrier?.resume();
  }

  abort(): void {
    if (this.isOver) return;
    const { carrier } = this;
    this.#finish();
    carrier?.abandon();
  }

  #finish(): void {
    this.isOver = true;
    this.carrier = undefined;
    this.#endWaiting();
  }

  #endWaiting(): void {
    if (this.#waiting !== undefined) backendDeadlines.drop(this.#waiting);
    this.#waiting = undefined;
  }
}
