import type { Duplex } from "node:stream";
import type { Known } from "../../facts/facts.ts";
import type { Problem } from "../../facts/problem.ts";
import type { WebSocketEnd } from "../../facts/record.ts";
import { refuse, type Refusal } from "../../facts/refusal.ts";
import type { Carrying, Ends } from "../switching.ts";
import { closeCodeOf, closeCodes } from "./close-codes.ts";
import { opcodes } from "./frame-reader.ts";
import { FrameWriter } from "./frame-writer.ts";
import type { MessageCheck } from "./message-check.ts";
import { MessageFlow } from "./message-flow.ts";
import type { WebSocketPlan } from "./plan.ts";
import { boundProblems } from "./problems.ts";

export interface TunnelRules {
  readonly bounds: WebSocketPlan;
  readonly request: MessageCheck | undefined;
  readonly response: MessageCheck | undefined;
}

/** How long an end may take to answer a close frame, and to take what was sent to it. */
const mostClosingMs = 5000;
/** How long ends that were cut may take to read why. */
const mostCuttingMs = 2000;

type Side = "caller" | "backend";
const otherOf = { caller: "backend", backend: "caller" } as const;

/** A WebSocket between its caller and the backend, until it is over. */
export class Tunnel implements Carrying {
  readonly #ends: Ends;
  readonly #known: Known<"accessToken" | "believes">;
  readonly #bounds: WebSocketPlan;
  readonly #flows: Readonly<Record<Side, MessageFlow>>;
  readonly #writers: Readonly<Record<Side, FrameWriter>>;
  readonly #startedAt = performance.now();
  readonly #bytes = { caller: 0, backend: 0 };
  /** Ends that have sent a close frame. */
  readonly #closed = { caller: false, backend: false };
  /** Problems that were decided on, and only observed: one record of each is enough. */
  readonly #passed = new Set<Problem>();
  #observed = 0;
  #lastByteAt = this.#startedAt;
  /** When the allowance of messages is whole again: a token bucket as one time (GCRA). */
  #allowedAt = this.#startedAt;
  /** The first close frame, or what took its place. */
  #first: Pick<WebSocketEnd, "closeCode" | "closedBy"> | undefined;
  #isOver = false;

  constructor(
    { bounds, request, response }: TunnelRules,
    known: Known<"accessToken" | "believes">,
    ends: Ends,
  ) {
    this.#ends = ends;
    this.#known = known;
    this.#bounds = bounds;
    const mostBytes = bounds.mostMessageBytes;
    const toBackend = new FrameWriter(ends.backend, true);
    const toCaller = new FrameWriter(ends.caller, false);
    this.#writers = { caller: toCaller, backend: toBackend };
    this.#flows = {
      caller: new MessageFlow(
        { from: "caller", mostBytes, check: request, count: () => this.#count() },
        toBackend,
        this.#eventsOf("caller"),
      ),
      backend: new MessageFlow(
        { from: "backend", mostBytes, check: response, count: undefined },
        toCaller,
        this.#eventsOf("backend"),
      ),
    };
  }

  begin(): this {
    const { backendHead, callerHead } = this.#ends;
    this.#listen("caller");
    this.#listen("backend");
    for (const side of ["caller", "backend"] as const)
      if (this.#ends[side].destroyed) this.#onLost(side);
    if (backendHead.length > 0) this.#take("backend", backendHead);
    if (callerHead.length > 0) this.#take("caller", callerHead);
    return this;
  }

  look(): void {
    this.#guarded(() => this.#judgeAgain());
  }

  #judgeAgain(): void {
    const now = performance.now();
    const { idleMs, lifeMs } = this.#bounds;
    const { accessToken, believes } = this.#known;
    if (now - this.#lastByteAt >= idleMs) this.#refuse("caller", idle);
    if (now - this.#startedAt >= lifeMs) this.#refuse("caller", over);
    if (accessToken === undefined || this.#isOver) return;
    const { clockDoubtSeconds, receivedAtMs, startedAt } = this.#known;
    const nowSeconds = Math.floor((receivedAtMs + now - startedAt) / 1000);
    const doubt = believes?.(accessToken, nowSeconds, clockDoubtSeconds);
    if (doubt !== undefined) this.#refuse("caller", doubt);
  }

  goAway(): void {
    this.#cut({ caller: closeCodes.goingAway, backend: closeCodes.goingAway }, "draining");
  }

  #eventsOf(side: Side) {
    return {
      decide: (refusal: Refusal) => this.#refuse(side, refusal),
      closed: (code: number | undefined) => this.#onClose(side, code),
    };
  }

  #listen(side: Side): void {
    const socket = this.#ends[side];
    const other = this.#ends[otherOf[side]];
    socket
      .on("data", (chunk: Buffer) => {
        this.#take(side, chunk);
        // Not one chunk more is read than the other end takes.
        if (other.writableNeedDrain && !this.#isOver) socket.pause();
      })
      .on("end", () => this.#onLost(side))
      .on("close", () => this.#onLost(side))
      .on("error", () => this.#onLost(side));
    other.on("drain", () => socket.resume());
  }

  #take(side: Side, chunk: Buffer): void {
    this.#bytes[side] += chunk.length;
    this.#lastByteAt = performance.now();
    this.#guarded(() => this.#flows[side].push(chunk));
  }

  /** A fault of the gate's own ends this WebSocket, and no other. */
  #guarded(act: () => void): void {
    try {
      act();
    } catch (fault) {
      this.#ends.fail(fault);
      const { unexpected } = closeCodes;
      this.#cut({ caller: unexpected, backend: unexpected }, "gate-fault");
    }
  }

  /** One more of the caller's messages, or of its pings, which cost as much. */
  #count(): Refusal | undefined {
    const { count, windowMs } = this.#bounds.messages;
    const now = performance.now();
    const next = Math.max(this.#allowedAt, now) + windowMs / count;
    if (next - now > windowMs) return tooMany;
    this.#allowedAt = next;
    return undefined;
  }

  /** @param side whose fault it is; true when the refusal stands, and everything ends */
  #refuse(side: Side, refusal: Refusal): boolean {
    if (this.#isOver) return true;
    const { problem } = refusal;
    if (this.#passed.has(problem) || !this.#ends.decide(refusal)) {
      this.#passed.add(problem);
      this.#observed += 1;
      return false;
    }
    const code = closeCodeOf(problem);
    this.#cut(
      side === "caller"
        ? { caller: code, backend: closeCodes.goingAway }
        : { caller: closeCodes.unexpected, backend: code },
      problem.code,
    );
    return true;
  }

  /** Both ends are told why, those that have not closed themselves. */
  #cut(codes: Readonly<Record<Side, number>>, reason: string): void {
    if (this.#isOver) return;
    for (const side of ["caller", "backend"] as const) {
      this.#flows[side].stop();
      if (!this.#closed[otherOf[side]])
        this.#writers[side].write(opcodes.close, closePayload(codes[side], reason));
    }
    this.#end({ closeCode: codes.caller, closedBy: "gate" }, mostCuttingMs);
  }

  /** A close frame was passed on. The other end answers it with one of its own. */
  #onClose(side: Side, code = closeCodes.absent as number): void {
    this.#closed[side] = true;
    this.#first ??= { closeCode: code, closedBy: side };
    if (this.#closed[otherOf[side]]) this.#end(this.#first, mostClosingMs);
    else this.#destroyAfter(mostClosingMs);
  }

  #onLost(side: Side): void {
    if (!this.#isOver)
      this.#end(this.#first ?? { closeCode: closeCodes.lost, closedBy: side }, mostCuttingMs);
  }

  /** What was written still leaves; what comes is thrown away until the ends have gone. */
  #end(first: Pick<WebSocketEnd, "closeCode" | "closedBy">, withinMs: number): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const { backend, caller, ended } = this.#ends;
    for (const side of ["caller", "backend"] as const) this.#flows[side].stop();
    for (const socket of [caller, backend]) {
      socket.end();
      socket.resume();
    }
    this.#destroyAfter(withinMs);
    ended({
      state: "closed",
      ...first,
      messagesIn: this.#flows.caller.messages,
      bytesIn: this.#bytes.caller,
      messagesOut: this.#flows.backend.messages,
      bytesOut: this.#bytes.backend,
      observed: this.#observed,
    });
  }

  #destroyAfter(withinMs: number): void {
    const { backend, caller } = this.#ends;
    setTimeout(() => {
      this.#onLost("backend");
      for (const socket of [caller, backend] as Duplex[]) socket.destroy();
    }, withinMs).unref();
  }
}

const idle = refuse(boundProblems["websocket-idle"]);
const over = refuse(boundProblems["websocket-over"]);
const tooMany = refuse(boundProblems["too-many-messages"]);

function closePayload(code: number, reason: string): Buffer {
  const payload = Buffer.alloc(2 + reason.length);
  payload.writeUInt16BE(code, 0);
  payload.write(reason, 2, "latin1");
  return payload;
}
