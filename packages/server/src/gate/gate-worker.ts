import { Worker } from "node:worker_threads";
import type { EvidenceRow } from "@portcullis/guard/ownership";
import type {
  GivenBack,
  ImpersonationWish,
  LearnedEntry,
  NamedCaller,
} from "@portcullis/guard/state";
import type { HeldCaller } from "@portcullis/guard/tokens";
import { portFault } from "../listener/port-claim.ts";
import { faultWords } from "../watch/fault-counts.ts";
import type { Counts } from "../watch/request-counts.ts";
import type { SourcesCounted } from "../watch/source-counts.ts";
import type { SpendingTold } from "../watch/spending.ts";
import type { TokenTimesCounted } from "../watch/token-times.ts";
import type { ImpersonationAnswer } from "./ask-impersonations.ts";
import type { SealedSubject } from "./subject-notes.ts";
import type { QuotaAnswers, QuotaQuestions } from "./ask-quotas.ts";
import type { FromGate, GateSettings, SeenGeneration, ToGate } from "./settings.ts";

export interface GateReports {
  /** Records wait to be read, and should not wait any longer. */
  readonly onRecords: () => void;
  readonly onQuotas: (questions: QuotaQuestions) => Promise<QuotaAnswers>;
  readonly onImpersonate: (wish: ImpersonationWish) => Promise<ImpersonationAnswer>;
  /** Whom pseudonyms of a day stand for, sealed. */
  readonly onSubjects: (day: string, subjects: readonly SealedSubject[]) => void;
  readonly onMissed: (count: number, counts: Counts | undefined) => void;
  readonly onEvidence: (rows: readonly EvidenceRow[]) => void;
  readonly onUnknownKey: (keysId: string | undefined) => void;
  readonly onSeen: (generations: readonly SeenGeneration[]) => void;
  readonly onLearned: (name: string, entry: LearnedEntry | undefined) => void;
  readonly onSpending: (told: SpendingTold) => void;
  readonly onTokenTimes: (times: TokenTimesCounted) => void;
  readonly onSources: (sources: SourcesCounted) => void;
  /** A response revokes what this caller was given. */
  readonly onHeldCaller: (rule: string, caller: HeldCaller) => void;
  /** How far another machine's clock is ahead of the one that threads share. */
  readonly onTime: (witness: string, aheadMs: number) => void;
  readonly onTrouble: (message: string) => void;
  /** @param thread who says so @param lost why it is lost; undefined: it has answered */
  readonly onPart: (thread: string, part: string, lost: string | undefined) => void;
  /** Something failed in a gate thread that belongs to no request, or the thread has ended. */
  readonly onFault: (message: string) => void;
}

/** What becomes of one gate thread. */
export interface GateWorkerEvents {
  /** It must end, and listens still. */
  readonly onEnding: () => void;
  readonly onExit: () => void;
}

/** A gate thread, as the control thread sees it. */
export class GateWorker {
  /** After its end a worker has no id any longer. */
  readonly thread: string;
  /** Resolves with the port when it listens. */
  readonly listening: Promise<number>;
  readonly #worker: Worker;
  readonly #preparing = new Map<number, (fault: string | undefined) => void>();
  readonly #giving = new Map<number, (given: GivenBack | undefined) => void>();
  #gives = 0;
  /** It has said that it must end. */
  isEnding = false;

  constructor(settings: GateSettings, reports: GateReports, events: GateWorkerEvents) {
    const worker = new Worker(
      new URL(import.meta.url.endsWith(".ts") ? "./thread.ts" : "./thread.js", import.meta.url),
      { workerData: settings },
    );
    this.#worker = worker;
    this.thread = String(worker.threadId);
    this.listening = new Promise((resolve, reject) => {
      worker.on("message", (message: FromGate) => {
        if (message.kind === "listening") resolve(message.port);
        else if (message.kind === "failed")
          reject(portFault(message, { ...settings, mend: "choose another with --port" }));
        else this.#receive(message, reports, events);
      });
      worker.on("error", (fault) => {
        reports.onFault(`a gate thread has ended: ${faultWords(fault)}`);
        reject(fault instanceof Error ? fault : new Error("a gate thread has ended"));
      });
      worker.once("exit", () => {
        reject(new Error("a gate thread has ended before it listened"));
        for (const settle of this.#preparing.values()) settle(undefined);
        for (const settle of this.#giving.values()) settle(undefined);
        events.onExit();
      });
    });
  }

  tell(message: ToGate): void {
    this.#worker.postMessage(message);
  }

  /**
   * @returns why the thread cannot serve by these settings; undefined when it is ready, or has
   *   ended: whoever takes its place begins with the settings that hold by then
   */
  prepare(message: Extract<ToGate, { kind: "prepare" }>): Promise<string | undefined> {
    return new Promise((resolve) => {
      this.#preparing.set(message.change, (fault) => {
        this.#preparing.delete(message.change);
        resolve(fault);
      });
      this.tell(message);
    });
  }

  /** @returns undefined where the thread has ended before it could tell */
  giveBack(named: NamedCaller): Promise<GivenBack | undefined> {
    return new Promise((resolve) => {
      const ask = (this.#gives += 1);
      this.#giving.set(ask, (given) => {
        this.#giving.delete(ask);
        resolve(given);
      });
      this.tell({ kind: "give-back", ask, named });
    });
  }

  /** Resolves at its end. @param drainMs how long requests in flight may take */
  leave(drainMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.#worker.once("exit", () => resolve());
      this.tell({ kind: "drain", drainMs });
      setTimeout(() => void this.#worker.terminate(), drainMs + 1000).unref();
    });
  }

  async terminate(): Promise<void> {
    await this.#worker.terminate();
  }

  #isPrepared(
    { change, fault }: Extract<FromGate, { kind: "prepared" }>,
    { onTrouble }: GateReports,
  ): void {
    const settle = this.#preparing.get(change);
    if (settle !== undefined) settle(fault);
    else if (fault !== undefined)
      onTrouble(`a gate thread that has just begun cannot serve by the new policy: ${fault}`);
  }

  #receive(message: FromGate, reports: GateReports, events: GateWorkerEvents): void {
    switch (message.kind) {
      case "prepared":
        this.#isPrepared(message, reports);
        break;
      case "given-back":
        this.#giving.get(message.ask)?.(message.given);
        break;
      case "spending":
        reports.onSpending(message.told);
        break;
      case "ending":
        this.isEnding = true;
        reports.onFault(message.message);
        events.onEnding();
        break;
      case "unknown-key":
        reports.onUnknownKey(message.keysId);
        break;
      case "learned":
        reports.onLearned(message.name, message.entry);
        break;
      case "held-caller":
        reports.onHeldCaller(message.rule, message.caller);
        break;
      case "subjects":
        reports.onSubjects(message.day, message.subjects);
        break;
      case "seen":
        reports.onSeen(message.generations);
        break;
      case "evidence":
        reports.onEvidence(message.rows);
        break;
      case "sources":
        reports.onSources(message.sources);
        break;
      case "token-times":
        reports.onTokenTimes(message.times);
        break;
      case "time":
        reports.onTime(message.witness, message.aheadMs);
        break;
      case "trouble":
        reports.onTrouble(message.message);
        break;
      case "part":
        reports.onPart(this.thread, message.part, message.lost);
        break;
      case "fault":
        reports.onFault(message.message);
        break;
      case "records":
        reports.onRecords();
        break;
      case "quotas": {
        const { questions } = message;
        void reports
          .onQuotas(questions)
          .then((answers) => this.tell({ kind: "quotas", ask: questions.ask, answers }));
        break;
      }
      case "impersonate": {
        const { ask, wish } = message;
        void reports
          .onImpersonate(wish)
          .then((answer) => this.tell({ kind: "impersonate", ask, answer }));
        break;
      }
      case "missed":
        reports.onMissed(message.count, message.counts);
        break;
      case "failed":
      case "listening":
      default:
    }
  }
}
