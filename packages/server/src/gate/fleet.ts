import { allocateSharedRecords, type SharedRecords } from "@portcullis/guard/records";
import { type GivenBack, giveBackAllOf, type NamedCaller } from "@portcullis/guard/state";
import { type GateReports, GateWorker } from "./gate-worker.ts";
import type { GateSettings, PlanSettings, ToGate } from "./settings.ts";
import { leaveAllOf } from "../upstream/shared-concurrency.ts";
import { ThreadEnds } from "./thread-ends.ts";

export interface FleetReports extends GateReports {
  readonly onThreadEnd: (thread: string) => void;
  /** A thread is about to leave its records there. */
  readonly openRecords: (records: SharedRecords) => void;
  /** The thread has ended, and leaves no more. */
  readonly closeRecords: (records: SharedRecords) => void;
  /** Gate threads keep ending: the third within a minute has. */
  readonly onManyEnds: () => void;
}

/** What all threads begin with alike. */
export type CommonSettings = Omit<GateSettings, "port" | "seat" | "records">;

/** A large document on a machine that is busy takes a while; nobody waits for it. */
const prepareTimeoutMs = 60_000;
/** Of a thread that must end. */
const endingDrainMs = 10_000;
/** How long a thread that must end listens still where nobody else does. */
const mostAloneMs = 3000;

/** A plan that all threads have ready. One of the two ends it. */
export interface PreparedChange {
  serve(): void;
  discard(): void;
}

/** The gate threads. All share one port; each begins with the settings that hold at that moment. */
export class GateFleet {
  readonly #reports: FleetReports;
  readonly #settings: () => CommonSettings;
  /** By worker, where it counts what it holds. */
  readonly #workers = new Map<GateWorker, number>();
  readonly #listening = new Set<GateWorker>();
  readonly #ends = new ThreadEnds();
  #changes = 0;
  #change: Extract<ToGate, { kind: "prepare" }> | undefined;
  #isStopping = false;
  #port = 0;

  constructor(settings: () => CommonSettings, reports: FleetReports) {
    this.#settings = settings;
    this.#reports = reports;
  }

  /** How many threads serve. */
  get size(): number {
    return this.#listening.size;
  }

  /** How many have ended by themselves. */
  get ended(): number {
    return this.#ends.count;
  }

  /** @returns the port, which the first thread chose when it was 0 */
  async start(threads: number, port: number): Promise<number> {
    this.#port = await this.#startOne(port);
    for (let thread = 1; thread < threads; thread += 1) await this.#startOne(this.#port);
    return this.#port;
  }

  tell(message: ToGate): void {
    for (const worker of this.#workers.keys()) worker.tell(message);
  }

  /**
   * Makes a plan ready on every thread, while they serve by another. Then all serve by it, or none.
   *
   * @throws Error in words for a person, where some thread cannot serve by it
   */
  async prepare(settings: PlanSettings): Promise<PreparedChange> {
    const change = (this.#changes += 1);
    const message = { kind: "prepare", change, settings } as const;
    this.#change = message;
    const end = (kind: "serve" | "discard") => (): void => {
      this.#change = undefined;
      this.tell({ kind, change });
    };
    const fault = await Promise.race([
      Promise.all([...this.#workers.keys()].map((worker) => worker.prepare(message))).then(
        (faults) => faults.find((one) => one !== undefined),
      ),
      new Promise<string>((resolve) => {
        setTimeout(resolve, prepareTimeoutMs, "a gate thread was not ready in time").unref();
      }),
    ]);
    if (fault === undefined) return { serve: end("serve"), discard: end("discard") };
    end("discard")();
    throw new Error(fault);
  }

  /**
   * Gives back what limits have taken of somebody. All threads count in one memory, so that one of
   * them is enough.
   */
  async giveBack(named: NamedCaller): Promise<GivenBack> {
    for (const worker of this.#listening) {
      const given = worker.isEnding ? undefined : await worker.giveBack(named);
      if (given !== undefined) return given;
    }
    throw new Error("no gate thread serves at this moment");
  }

  /** What ended threads were held against no longer serves. */
  forgetEnds(): void {
    this.#ends.beginAnew();
  }

  async stop(drainMs: number): Promise<void> {
    this.#isStopping = true;
    await Promise.all([...this.#workers.keys()].map((worker) => worker.leave(drainMs)));
  }

  async terminate(): Promise<void> {
    this.#isStopping = true;
    await Promise.all([...this.#workers.keys()].map((worker) => worker.terminate()));
  }

  async #startOne(port: number): Promise<number> {
    let isCounted = false;
    const onEnd = (): void => {
      if (isCounted || this.#isStopping || this.#port === 0) return;
      isCounted = true;
      this.#replace();
    };
    const records = allocateSharedRecords();
    this.#reports.openRecords(records);
    const settings = { ...this.#settings(), port, seat: this.#freeSeat(), records };
    const worker = new GateWorker(settings, this.#reports, {
      onEnding: () => {
        onEnd();
        this.#letGo(worker);
      },
      onExit: () => {
        this.#workers.delete(worker);
        giveBackAllOf(settings.heldBytes, settings.seat);
        this.#reports.closeRecords(records);
        leaveAllOf(settings.concurrency, settings.seat);
        this.#listening.delete(worker);
        this.#reports.onThreadEnd(worker.thread);
        onEnd();
      },
    });
    this.#workers.set(worker, settings.seat);
    // It began with the plan that served at that moment.
    if (this.#change !== undefined) worker.tell(this.#change);
    const chosen = await worker.listening;
    this.#listening.add(worker);
    for (const other of this.#listening) if (other.isEnding) this.#letGo(other);
    return chosen;
  }

  #freeSeat(): number {
    const taken = new Set(this.#workers.values());
    let seat = 0;
    while (taken.has(seat)) seat += 1;
    return seat;
  }

  /** Another thread in place of one that ends; the more have ended, the later. */
  #replace(): void {
    const { delayMs, isTooMany } = this.#ends.note(performance.now());
    setTimeout(() => {
      if (this.#isStopping) return;
      this.#startOne(this.#port).catch((fault: unknown) =>
        this.#reports.onTrouble(
          `a gate thread could not be started again: ${(fault as Error).message}`,
        ),
      );
    }, delayMs);
    if (isTooMany) this.#reports.onManyEnds();
  }

  /** Its listener closes first. Where it is the only one, it listens until another does. */
  #letGo(worker: GateWorker): void {
    const isAlone = ![...this.#listening].some((other) => !other.isEnding);
    const leave = (): void => {
      if (this.#listening.delete(worker)) void worker.leave(endingDrainMs);
    };
    if (isAlone) setTimeout(leave, mostAloneMs).unref();
    else leave();
  }
}
