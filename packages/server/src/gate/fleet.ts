import { Worker } from "node:worker_threads";
import type { EvidenceRow } from "@portcullis/guard/ownership";
import type { FromGate, GateSettings, PlanSettings, SeenGeneration, ToGate } from "./settings.ts";
import { faultWords } from "../watch/fault-counts.ts";
import type { Counts } from "../watch/request-counts.ts";
import type { TokenTimesCounted } from "../watch/token-times.ts";

export interface FleetReports {
  readonly onRecords: (lines: Uint8Array, count: number, counts: Counts | undefined) => void;
  readonly onEvidence: (rows: readonly EvidenceRow[]) => void;
  readonly onUnknownKey: () => void;
  readonly onSeen: (generations: readonly SeenGeneration[]) => void;
  readonly onTokenTimes: (times: TokenTimesCounted) => void;
  readonly onTime: (witness: string, aheadMs: number) => void;
  readonly onTrouble: (message: string) => void;
  /** @param thread who says so @param lost why it is lost; undefined: it has answered */
  readonly onPart: (thread: string, part: string, lost: string | undefined) => void;
  readonly onThreadEnd: (thread: string) => void;
  /** Something failed in a gate thread that belongs to no request, or the thread has ended. */
  readonly onFault: (message: string) => void;
}

const applyTimeoutMs = 10_000;
/** A thread that ends by itself is started again, but not faster than this. */
const leastLifeMs = 1000;

/** The gate threads. All share one port; each begins with the settings that hold at that moment. */
export class GateFleet {
  readonly #reports: FleetReports;
  readonly #settings: () => GateSettings;
  /** By worker, which of the threads it is: one that takes the place of another has its number. */
  readonly #workers = new Map<Worker, number>();
  readonly #applied = new Map<Worker, () => void>();
  #stopping = false;
  #port = 0;

  constructor(settings: () => GateSettings, reports: FleetReports) {
    this.#settings = settings;
    this.#reports = reports;
  }

  get size(): number {
    return this.#workers.size;
  }

  /** @returns the port, which the first thread chose when it was 0 */
  async start(threads: number, port: number): Promise<number> {
    this.#port = await this.#startOne(port);
    for (let thread = 1; thread < threads; thread += 1) await this.#startOne(this.#port);
    return this.#port;
  }

  tell(message: ToGate): void {
    for (const worker of this.#workers.keys()) worker.postMessage(message);
  }

  /** Resolves when every thread serves by the new plan; false when one did not say so in time. */
  async applyPlan(changed: PlanSettings): Promise<boolean> {
    const all = [...this.#workers.keys()].map(
      (worker) =>
        new Promise<boolean>((resolve) => {
          const timer = setTimeout(() => resolve(false), applyTimeoutMs);
          this.#applied.set(worker, () => {
            clearTimeout(timer);
            resolve(true);
          });
          worker.postMessage({ kind: "plan", ...changed } satisfies ToGate);
        }),
    );
    return (await Promise.all(all)).every(Boolean);
  }

  async stop(drainMs: number): Promise<void> {
    this.#stopping = true;
    await Promise.all(
      [...this.#workers.keys()].map(
        (worker) =>
          new Promise<void>((resolve) => {
            worker.once("exit", () => resolve());
            worker.postMessage({ kind: "drain", drainMs } satisfies ToGate);
            setTimeout(() => void worker.terminate(), drainMs + 1000).unref();
          }),
      ),
    );
  }

  async terminate(): Promise<void> {
    this.#stopping = true;
    await Promise.all([...this.#workers.keys()].map((worker) => worker.terminate()));
  }

  #freeSeat(): number {
    const taken = new Set(this.#workers.values());
    let seat = 0;
    while (taken.has(seat)) seat += 1;
    return seat;
  }

  #startOne(port: number): Promise<number> {
    const bornAt = performance.now();
    const settings: GateSettings = { ...this.#settings(), port, seat: this.#freeSeat() };
    const worker = new Worker(
      new URL(import.meta.url.endsWith(".ts") ? "./thread.ts" : "./thread.js", import.meta.url),
      { workerData: settings },
    );
    this.#workers.set(worker, settings.seat);
    // After its end a worker has no id any longer.
    const thread = String(worker.threadId);
    return new Promise((resolve, reject) => {
      worker.on("error", (fault) => {
        this.#reports.onFault(`a gate thread has ended: ${faultWords(fault)}`);
        reject(fault instanceof Error ? fault : new Error("a gate thread has ended"));
      });
      worker.once("exit", () => {
        this.#workers.delete(worker);
        this.#reports.onThreadEnd(thread);
        if (this.#stopping || this.#port === 0) return;
        setTimeout(
          () => {
            if (!this.#stopping)
              this.#startOne(this.#port).catch((fault: unknown) =>
                this.#reports.onTrouble(
                  `a gate thread could not be started again: ${(fault as Error).message}`,
                ),
              );
          },
          Math.max(0, leastLifeMs - (performance.now() - bornAt)),
        );
      });
      worker.on("message", (message: FromGate) => {
        switch (message.kind) {
          case "listening":
            resolve(message.port);
            break;
          case "failed":
            reject(new Error(listenFault(message.code, settings.host, port) ?? message.message));
            break;
          case "applied":
            this.#applied.get(worker)?.();
            break;
          case "unknown-key":
            this.#reports.onUnknownKey();
            break;
          case "seen":
            this.#reports.onSeen(message.generations);
            break;
          case "evidence":
            this.#reports.onEvidence(message.rows);
            break;
          case "token-times":
            this.#reports.onTokenTimes(message.times);
            break;
          case "time":
            this.#reports.onTime(message.witness, message.aheadMs);
            break;
          case "trouble":
            this.#reports.onTrouble(message.message);
            break;
          case "part":
            this.#reports.onPart(thread, message.part, message.lost);
            break;
          case "fault":
            this.#reports.onFault(message.message);
            break;
          case "records":
            this.#reports.onRecords(message.lines, message.count, message.counts);
            break;
          default:
        }
      });
    });
  }
}

function listenFault(code: string | undefined, host: string, port: number): string | undefined {
  if (code === "EADDRINUSE")
    return `port ${port} on ${host} is taken by another program. Stop it, or choose another with --port.`;
  if (code === "EACCES")
    return `port ${port} may not be opened by this user. Choose one above 1023 with --port.`;
  return undefined;
}
