import {
  type AnswerReceiver,
  type Forwarding,
  priorities,
  type UpstreamFaultCode,
  type UpstreamRequest,
  usualUrgency,
} from "@portcullis/guard/upstream";
import { type Backend, type Backends, outcomeOf } from "./backend.ts";
import { Deadline, hasDeadline } from "./deadline.ts";
import { faultCodes, isSafe, nobody, type SendingParts, takeRoomFor } from "./sending-parts.ts";
import { Sample } from "./sample.ts";
import { SlowCallerBuffer } from "./slow-caller-buffer.ts";
import { type CallerWait, type Holder, waitsForBody } from "./slow-holders.ts";
import type { Attempt, AttemptReceiver, Failure, FailureKind } from "./transport.ts";

/**
 * One request on its way: it waits for a place, is sent, and sent again where that is safe; its
 * answer is kept for a caller who reads slowly. Nothing is told after an abort.
 */
export class Sending implements Forwarding, AttemptReceiver, Holder {
  readonly caller: string;
  readonly rank: number;
  readonly isBound: boolean;
  place = 0;
  readonly #request: UpstreamRequest;
  readonly #receiver: AnswerReceiver;
  readonly #parts: SendingParts;
  readonly #startedAt = performance.now();
  /** Undefined while nothing had to be kept. */
  #kept: SlowCallerBuffer | undefined;
  /** Undefined where there is none. */
  readonly #deadline: Deadline | undefined;
  #tried: Set<Backend> | undefined;
  #backend: Backend | undefined;
  #attempt: Attempt | undefined;
  /** What is learnt of the backend from its answer; undefined where nothing is. */
  #sample: Sample | undefined;
  #takeBack: (() => void) | undefined;
  #placed = false;
  #answered = false;
  #isBlocked = false;
  #isPaused = false;
  #isSent = false;
  /** Since when the caller is waited for, where it is, and what it has moved since then. */
  #waitsSince = this.#startedAt;
  #moved = 0;
  #trailers: string[] | undefined;
  #over = false;

  constructor(request: UpstreamRequest, receiver: AnswerReceiver, parts: SendingParts) {
    this.#request = request;
    this.#receiver = receiver;
    this.#parts = parts;
    this.caller = request.caller ?? nobody;
    this.rank = priorities.indexOf((request.urgency ?? usualUrgency).priority);
    this.isBound = parts.concurrency !== undefined && request.shedding === "enforce";
    this.#deadline = hasDeadline(request) ? new Deadline(request) : undefined;
  }

  begin(): void {
    this.#parts.budget.earn();
    this.#deadline?.start((words) => {
      this.#takeBack?.();
      this.#attempt?.abort();
      this.#sample?.end(true);
      this.#fail("deadline-passed", words);
    });
    if (this.#over) return;
    this.#takeBack = this.#parts.capacity.enter(
      this,
      () => {
        this.#placed = true;
        // It has stood in line: what takes it back is known.
        if (this.#takeBack !== undefined) this.#waitsSince = performance.now();
        this.#send();
      },
      (why) => this.#fail("capacity-exceeded", why),
    );
  }

  get cost(): number {
    const [backend] = this.#parts.backends.all;
    return backend?.room?.costOf(this.#request.operation ?? "") ?? 1;
  }

  takeRoom(): boolean {
    this.#backend = takeRoomFor(this.#request, this.#parts.backends, this.isBound);
    if (this.#backend?.room !== undefined) this.#sample = new Sample(this.#request);
    return this.#backend !== undefined;
  }

  #send(): void {
    const { backends, deadlineMs, headersTimeoutMs } = this.#parts;
    let backend = this.#backend;
    if (backend === undefined) {
      this.#backend = backend = backends.choose(this.#tried);
      backend.room?.take();
    }
    backend.outstanding += 1;
    this.#sample?.begin(backend.room);
    const isAtOnce = this.#takeBack === undefined && this.#tried === undefined;
    const spentMs = isAtOnce ? 0 : performance.now() - this.#startedAt;
    const left = Math.max(1, deadlineMs - spentMs);
    this.#deadline?.tell(this.#request.headers);
    this.#attempt = backend.transport.begin(
      this.#request,
      Math.min(headersTimeoutMs, left),
      this,
      this.#tried !== undefined,
    );
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
    this.#sample?.end(outcome === "failed");
    // Another backend may be well. What is safe to send twice need not show that this one is not.
    if (outcome === "failed" && this.#request.repeatable && this.#mayTryAgain("answered")) {
      this.#attempt?.abort();
      this.#leaveBackend();
      this.#send();
      return;
    }
    this.#answered = true;
    this.#deadline?.end(true);
    this.#receiver.onHead(status, headers);
  }

  onData(chunk: Buffer): void {
    if (!this.#isBlocked) {
      this.#isBlocked = !this.#receiver.onData(chunk);
      return;
    }
    const { held } = this.#parts;
    const kept = (this.#kept ??= new SlowCallerBuffer(held, this.#request.isStranger === true));
    if (kept.keep(chunk)) return;
    if (!this.#isPaused) [this.#waitsSince, this.#moved] = [performance.now(), 0];
    this.#isPaused = true;
    this.#attempt?.pause();
  }

  onEnd(trailers: string[]): void {
    this.#leaveAll();
    if (this.#kept?.isEmpty !== false) {
      this.#over = true;
      this.#receiver.onEnd(trailers);
    } else this.#trailers = trailers;
  }

  onFailure({ detail, kind }: Failure): void {
    const name = this.#backend?.name ?? "";
    this.#note("failed");
    this.#sample?.end(true);
    const again = !this.#answered && isSafe(this.#request, kind) && this.#mayTryAgain(kind);
    this.#leaveBackend();
    if (again) this.#send();
    else this.#fail(faultCodes[kind], `${name}: ${detail}`);
  }

  /** The caller reads again. */
  resume(): void {
    this.#isBlocked = false;
    while (!this.#isBlocked) {
      const chunk = this.#kept?.take();
      if (chunk === undefined) break;
      this.#moved += chunk.length;
      this.#isBlocked = !this.#receiver.onData(chunk);
    }
    if (this.#kept?.isEmpty === false) return;
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
    this.#deadline?.end(false);
    this.#takeBack?.();
    this.#attempt?.abort();
    this.#kept?.clear();
    this.#leaveAll();
  }

  #fail(code: UpstreamFaultCode, detail: string): void {
    this.#over = true;
    this.#deadline?.end(false);
    this.#kept?.clear();
    this.#leaveAll();
    this.#receiver.onFault(code, detail);
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
    if (this.#backend !== undefined) {
      this.#backend.outstanding -= 1;
      this.#backend.room?.leave();
    }
    this.#backend = undefined;
  }

  #leaveAll(): void {
    this.#leaveBackend();
    if (this.#placed) this.#parts.capacity.leave(this);
    this.#placed = false;
  }
}
