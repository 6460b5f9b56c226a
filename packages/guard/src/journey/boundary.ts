import { refuse, type Refusal } from "../facts/refusal.ts";
import type { AnswerReceiver, Forwarding, UpstreamFaultCode } from "../ports/upstream.ts";
import { type Answer, answerRefusal, breakOff } from "./answer.ts";
import type { Exchange } from "./exchange.ts";
import { upstreamProblems } from "./problems.ts";

/** A fault of the gate's own, as a refusal; its words are for the record alone. */
export const gateFault = (fault: unknown): Refusal =>
  refuse(upstreamProblems["gate-fault"], {
    detail: fault instanceof Error ? `${fault.name}: ${fault.message}`.slice(0, 500) : "unknown",
  });

/** Waits for a promise. What either continuation throws goes to `onFault`, and no further. */
export function settle<T>(
  promise: Promise<T>,
  onValue: (value: T) => void,
  onFault: (fault: unknown) => void,
): void {
  promise.then(onValue).catch(onFault);
}

/**
 * What an exchange does after its steps runs in here: the backend's callbacks, timers, promises,
 * the events of its connection. Whatever throws is the fault of this exchange alone. It is answered
 * with `gate-fault`, or broken off where the head has left, and recorded; the thread, and everybody
 * else on it, goes on. Nothing else in this folder starts a timer, waits for a promise or listens.
 */
export class Boundary {
  readonly exchange: Exchange;
  readonly answer: Answer;
  /** What is still coming from the backend. */
  forwarding: Forwarding | undefined;
  readonly #ended: (exchange: Exchange) => void;

  /** @param ended called when the answer has been given or cannot be; must not throw */
  constructor(exchange: Exchange, answer: Answer, ended: (exchange: Exchange) => void) {
    this.exchange = exchange;
    this.answer = answer;
    this.#ended = ended;
  }

  end(): void {
    this.#ended(this.exchange);
  }

  run(work: () => void): void {
    try {
      work();
    } catch (fault) {
      this.fail(fault);
    }
  }

  later(delayMs: number, work: () => void): void {
    setTimeout(() => this.run(work), delayMs);
  }

  /** @param otherwise what to do where the promise rejects; a fault without it */
  settle<T>(
    promise: Promise<T>,
    onValue: (value: T) => void,
    otherwise: (fault: unknown) => void = (fault) => this.fail(fault),
  ): void {
    promise.then(
      (value) => this.run(() => onValue(value)),
      (fault: unknown) => this.run(() => otherwise(fault)),
    );
  }

  once(event: "drain" | "close", work: () => void): void {
    this.answer.once(event, () => this.run(work));
  }

  /** Ends the exchange by its fault. Never throws. */
  fail(fault: unknown): void {
    const { answer, exchange } = this;
    try {
      this.forwarding?.abort();
    } catch {
      // The backend's connection is as broken as the exchange.
    }
    if (exchange.ended) {
      if (!answer.writableEnded) breakOff(answer);
      return;
    }
    const refusal = gateFault(fault);
    exchange.decisions.fail(refusal);
    try {
      if (!answer.headersSent) forgetFields(answer);
      answerRefusal(exchange, answer, refusal);
    } catch {
      breakOff(answer);
    }
    this.end();
  }
}

/** HTTP/2 keeps the fields of a head that it could not send: they are not the refusal's. */
function forgetFields(answer: Answer): void {
  for (const name of answer.getHeaderNames?.() ?? []) answer.removeHeader?.(name);
}

/** Receives a backend's answer inside of the boundary: what it does may throw. */
export abstract class BoundReceiver implements AnswerReceiver {
  onHead(status: number, headers: string[]): void {
    try {
      this.takeHead(status, headers);
    } catch (fault) {
      this.fail(fault);
    }
  }

  onData(chunk: Buffer): boolean {
    try {
      return this.takeData(chunk);
    } catch (fault) {
      this.fail(fault);
      return true;
    }
  }

  onEnd(trailers: string[]): void {
    try {
      this.takeEnd(trailers);
    } catch (fault) {
      this.fail(fault);
    }
  }

  onFault(code: UpstreamFaultCode, detail: string): void {
    try {
      this.takeFault(code, detail);
    } catch (fault) {
      this.fail(fault);
    }
  }

  protected abstract takeHead(status: number, headers: string[]): void;
  protected abstract takeData(chunk: Buffer): boolean;
  protected abstract takeEnd(trailers: string[]): void;
  protected abstract takeFault(code: UpstreamFaultCode, detail: string): void;
  /** Must not throw. */
  protected abstract fail(fault: unknown): void;
}
