import { Worker } from "node:worker_threads";
import type { AllExportCounts, ExportPlan, FromExport, ToExport } from "./export-plan.ts";

export interface ExportingOptions {
  readonly say: (message: string) => void;
  readonly metricsEveryMs?: number;
  readonly mostWaitingBytes?: number;
}

const usual = { metricsEveryMs: 30_000, mostWaitingBytes: 32 * 1024 * 1024 };
/** A thread that ends is started again, and not at once: what ended it may do so again. */
const restartMs = 5000;
const longestRestartMs = 300_000;
/** So long the thread may take to say what became of the last. */
const graceMs = 1000;

/**
 * Hands records and metrics to a thread that sends them on. The thread and what it sends by are
 * loaded only where the policy exports something. Nothing waits for it: what it does not take is
 * dropped and counted.
 */
export class Exporting {
  readonly #options: Required<ExportingOptions>;
  #plans: readonly ExportPlan[] = [];
  #setting = "[]";
  #worker: Worker | undefined;
  #waitingBytes = 0;
  #waiting = 0;
  #dropped = 0;
  #restarts = 0;
  #isEnding = false;
  #counts: AllExportCounts = {};
  #timer: NodeJS.Timeout | undefined;
  #metrics: ((to: (text: string, atMs: number) => void) => void) | undefined;
  #onEnded: () => void = () => undefined;

  constructor(options: ExportingOptions) {
    this.#options = { ...usual, ...options };
  }

  /** What became of what, by sink and signal. `thread`: what never came as far as a sink. */
  get counts(): AllExportCounts {
    if (this.#plans.length === 0) return {};
    const thread = { sent: 0, dropped: this.#dropped, waiting: this.#waiting };
    return { ...this.#counts, thread: { records: thread } };
  }

  get restarts(): number {
    return this.#restarts;
  }

  /** Who tells the text of `/metrics`, as it is at that moment. */
  tellMetrics(text: () => string, nowMs: () => number): void {
    this.#metrics = (to) => to(text(), nowMs());
  }

  /** A changed policy. */
  use(plans: readonly ExportPlan[]): void {
    const setting = JSON.stringify(plans);
    if (setting === this.#setting) return;
    this.#setting = setting;
    this.#plans = plans;
    if (plans.length > 0) this.#worker ??= this.#start();
    this.#send({ kind: "use", plans });
    clearInterval(this.#timer);
    const sendsMetrics = plans.some(({ signals }) => signals.includes("metrics"));
    this.#timer = sendsMetrics
      ? setInterval(() => this.sendMetrics(), this.#options.metricsEveryMs).unref()
      : undefined;
  }

  write(lines: Uint8Array, count: number): void {
    if (this.#plans.length === 0) return;
    const fits = this.#waitingBytes + lines.length <= this.#options.mostWaitingBytes;
    if (this.#worker === undefined || !fits) {
      this.drop(count);
      return;
    }
    this.#waitingBytes += lines.length;
    this.#waiting += count;
    this.#send({ kind: "lines", lines, count });
  }

  drop(count: number): void {
    if (this.#plans.length > 0) this.#dropped += count;
  }

  sendMetrics(): void {
    if (this.#worker !== undefined)
      this.#metrics?.((text, atMs) => this.#send({ kind: "metrics", text, atMs }));
  }

  /** Takes no more; what waits is sent, or dropped after `withinMs`. */
  async end(withinMs: number): Promise<void> {
    clearInterval(this.#timer);
    // What was counted since the last time is known to nobody else.
    if (this.#timer !== undefined) this.sendMetrics();
    this.#isEnding = true;
    const worker = this.#worker;
    if (worker === undefined) return;
    await new Promise<void>((resolve) => {
      this.#onEnded = resolve;
      // A thread that hangs cannot tell that it is late.
      setTimeout(resolve, withinMs + graceMs).unref();
      this.#send({ kind: "end", withinMs });
    });
    await worker.terminate();
  }

  #send(message: ToExport): void {
    this.#worker?.postMessage(message);
  }

  #start(): Worker {
    const file = import.meta.url.endsWith(".ts") ? "./thread.ts" : "./thread.js";
    // Without the environment: settings of OpenTelemetry's own would reach past the policy.
    const worker = new Worker(new URL(file, import.meta.url), { env: {} });
    worker.unref();
    worker.on("message", (message: FromExport) => this.#hear(message));
    worker.on("error", (fault) => this.#options.say(`export: ${(fault as Error).message}`));
    worker.on("exit", () => this.#lost());
    return worker;
  }

  #hear(message: FromExport): void {
    if (message.kind === "say") this.#options.say(`export: ${message.message}`);
    else if (message.kind === "counts") this.#counts = message.counts;
    else if (message.kind === "taken") {
      this.#waitingBytes -= message.bytes;
      this.#waiting -= message.count;
    } else this.#onEnded();
  }

  #lost(): void {
    this.#worker = undefined;
    this.#dropped += this.#waiting;
    [this.#waiting, this.#waitingBytes] = [0, 0];
    this.#onEnded();
    if (this.#isEnding) return;
    const pauseMs = Math.min(restartMs * 2 ** this.#restarts, longestRestartMs);
    this.#restarts += 1;
    setTimeout(() => {
      if (this.#isEnding || this.#plans.length === 0) return;
      this.#worker = this.#start();
      this.#send({ kind: "use", plans: this.#plans });
    }, pauseMs).unref();
  }
}
