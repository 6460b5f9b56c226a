import type {
  AnswerReceiver,
  Forwarding,
  UpstreamFaultCode,
  UpstreamRequest,
} from "@portcullis/guard/upstream";
import type { ByteBudget } from "@portcullis/guard/state";
import { type Backend, type Backends, hasStream, outcomeOf } from "./backend.ts";
import type { Capacity } from "./capacity.ts";
import type { RetryBudget } from "./retry-budget.ts";
import { SlowCallerBuffer } from "./slow-caller-buffer.ts";
import { type CallerWait, type Holder, waitsForBody } from "./slow-holders.ts";
import type { Attempt, AttemptReceiver, Failure, FailureKind } from "./transport.ts";

/** What requests to one API's backends share. */
export interface SendingParts {
  readonly backends: Backends;
  readonly capacity: Capacity;
  readonly budget: RetryBudget;
  /** What may be kept of answers for callers who read slowly. */
  readonly held: ByteBudget;
  /** How long the head of an answer may take. */
  readonly headersTimeoutMs: number;
  /** How long a request may take until its answer begins, over all that is tried. */
  readonly deadlineMs: number;
}

const faultCodes: Readonly<Record<FailureKind, UpstreamFaultCode>> = {
  unsent: "upstream-unreachable",
  lost: "upstream-unreachable",
  timeout: "upstream-timeout",
  malformed: "upstream-malformed",
};

/** Some caller: requests that name none share a place. */
const nobody = "";

/**
 * One request on its way: it waits for a place, is sent, and sent again where that is safe; its
 * answer is kept for a caller who reads slowly. Nothing is told after an abort.
 */
export class Sending implements Forwarding, AttemptReceiver, Holder {
  readonly caller: string;
  place = 0;
  readonly #request: UpstreamRequest;
  readonly #receiver: AnswerReceiver;
  readonly #parts: SendingParts;
  readonly #startedAt = performance.now();
  readonly #kept: SlowCallerBuffer;
  #tried: Set<Backend> | undefined;
  #backend: Backend | undefined;
  #attempt: Attempt | undefined;
  #takeBack: (() => void) | undefined;
  #placed = false;
  #answered = false;
  #isBlocked = false;
  #isPaused = false;
  #isSent = false;
  /** Since when the caller is waited for, where it is, and what it has moved since then. */
  #waitsSince = 0;
  #moved = 0;
  #trailers: string[] | undefined;
  #over = false;

  constructor(request: UpstreamRequest, receiver: AnswerReceiver, parts: SendingParts) {
    this.#request = request;
    this.#receiver = receiver;
    this.#parts = parts;
    this.caller = request.caller ?? nobody;
    this.#kept = new SlowCallerBuffer(parts.held, request.isStranger === true);
  }

  begin(): void {
    this.#parts.budget.earn();
    this.#takeBack = this.#parts.capacity.enter(
      this,
      () => {
        this.#placed = true;
        this.#waitsSince = performance.now();
        this.#send();
      },
      (why) => this.#fail("capacity-exceeded", why),
    );
  }

  #send(): void {
    const { backends, deadlineMs, headersTimeoutMs } = this.#parts;
    const backend = backends.choose(this.#tried);
    this.#backend = backend;
    backend.outstanding += 1;
    const left = Math.max(1, deadlineMs - (performance.now() - this.#startedAt));
    this.#attempt = backend.transport.begin(this.#request, Math.min(headersTimeoutMs, left), this);
  }

  onSent(bytes: number): void {
    this.#moved += bytes;
  }

  onAllSent(): void {
    this.#isSent = true;
  }

  callerWait(now: number): CallerWait | undefined {
    const waits = this.#isPaused || (!this.#isSent && waitsForBody(this.#request));
    return waits ? { ms: now - this.#waitsSince, bytes: this.#moved } : undefined;
  }

  shed(): void {
    this.#attempt?.abort();
    this.#fail("upstream-timeout", "others wait for the backend, which waits for this caller");
  }

  onHead(status: number, headers: string[]): void {
    const outcome = outcomeOf(status);
    this.#note(outcome);
    // Another backend may be well. What is safe to send twice need not show that this one is not.
    if (outcome === "failed" && this.#request.repeatable && this.#mayTryAgain("answered")) {
      this.#attempt?.abort();
      this.#leaveBackend();
      this.#send();
      return;
    }
    this.#answered = true;
    this.#receiver.onHead(status, headers);
  }

  onData(chunk: Buffer): void {
    if (!this.#isBlocked) {
      this.#isBlocked = !this.#receiver.onData(chunk);
      return;
    }
    if (this.#kept.keep(chunk)) return;
    if (!this.#isPaused) [this.#waitsSince, this.#moved] = [performance.now(), 0];
    this.#isPaused = true;
    this.#attempt?.pause();
  }

  onEnd(trailers: string[]): void {
    this.#leaveAll();
    if (this.#kept.isEmpty) {
      this.#over = true;
      this.#receiver.onEnd(trailers);
    } else this.#trailers = trailers;
  }

  onFailure({ detail, kind }: Failure): void {
    const name = this.#backend?.name ?? "";
    this.#note("failed");
    const again = !this.#answered && this.#isSafe(kind) && this.#mayTryAgain(kind);
    this.#leaveBackend();
    if (again) this.#send();
    else this.#fail(faultCodes[kind], `${name}: ${detail}`);
  }

  /** The caller reads again. */
  resume(): void {
    this.#isBlocked = false;
    while (!this.#isBlocked) {
      const chunk = this.#kept.take();
      if (chunk === undefined) break;
      this.#moved += chunk.length;
      this.#isBlocked = !this.#receiver.onData(chunk);
    }
    if (!this.#kept.isEmpty) return;
    if (this.#trailers !== undefined && !this.#over) {
      this.#over = true;
      this.#receiver.onEnd(this.#trailers);
    } else if (this.#isPaused) {
      this.#isPaused = false;
      this.#attempt?.resume();
    }
  }

  abort(): void {
    if (this.#over) return;
    this.#over = true;
    this.#takeBack?.();
    this.#attempt?.abort();
    this.#kept.clear();
    this.#leaveAll();
  }

  #fail(code: UpstreamFaultCode, detail: string): void {
    this.#over = true;
    this.#kept.clear();
    this.#leaveAll();
    this.#receiver.onFault(code, detail);
  }

  #isSafe(kind: FailureKind): boolean {
    if (kind === "malformed") return false;
    return kind === "unsent" ? !hasStream(this.#request) : this.#request.repeatable;
  }

  /** Whether another try is left: of what was sent, one at most. */
  #mayTryAgain(why: FailureKind | "answered"): boolean {
    const { backends, budget, deadlineMs } = this.#parts;
    if (this.#over || performance.now() - this.#startedAt >= deadlineMs) return false;
    const tried = (this.#tried ??= new Set());
    const isFirst = tried.size === 0;
    if (this.#backend !== undefined) tried.add(this.#backend);
    if (why === "unsent") return backends.all.some((one) => !tried.has(one));
    // A connection that was idle too long is lost by whoever uses it next: the same backend is well.
    const isThere = why === "lost" || backends.hasOther(tried);
    return isFirst && isThere && budget.spend();
  }

  #note(outcome: Parameters<Backends["note"]>[1]): void {
    if (this.#backend !== undefined) this.#parts.backends.note(this.#backend, outcome);
  }

  #leaveBackend(): void {
    if (this.#backend !== undefined) this.#backend.outstanding -= 1;
    this.#backend = undefined;
  }

  #leaveAll(): void {
    this.#leaveBackend();
    if (this.#placed) this.#parts.capacity.leave(this);
    this.#placed = false;
  }
}
