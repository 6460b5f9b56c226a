import type { DecisionRecord } from "@portcullis/guard";
import { OwnerEvidence } from "@portcullis/guard/ownership";
import { RecordWriter, type SharedRecords } from "@portcullis/guard/records";
import { type LearnedEntry, ResponseTable } from "@portcullis/guard/state";
import type { Caller, HeldCaller } from "@portcullis/guard/tokens";
import type { Problem } from "@portcullis/guard/problems";
import { RequestCounts } from "../watch/request-counts.ts";
import { SourceCounts } from "../watch/source-counts.ts";
import { Spending } from "../watch/spending.ts";
import { TokenTimes } from "../watch/token-times.ts";
import { AskImpersonations } from "./ask-impersonations.ts";
import { AskQuotas } from "./ask-quotas.ts";
import type { GateReports } from "./gate-reports.ts";
import type { FromGate, SeenGeneration } from "./settings.ts";
import { SubjectNotes } from "./subject-notes.ts";

/** How a gate thread speaks to the control thread. */
export type Tell = (message: FromGate, transfer?: ArrayBuffer[]) => void;

const missedEveryMs = 100;
const subjectsEveryMs = 500;
const evidenceEveryMs = 1000;
const tokenTimesEveryMs = 1000;
const seenEveryMs = 50;
const spendingEveryMs = 500;
const partsEveryMs = 5000;
/** One question after an unknown key is enough; the control thread decides whether to ask. */
const askEveryMs = 1000;
const mostHeldTold = 1000;

/** Gathers what a gate thread has to report, and tells it in batches. */
export class Reporter implements GateReports {
  readonly evidence = new OwnerEvidence();
  readonly quotas: AskQuotas;
  readonly impersonations: AskImpersonations;
  readonly #tell: Tell;
  readonly #records: RecordWriter;
  readonly #tokenTimes = new TokenTimes();
  readonly #spending = new Spending();
  readonly sources = new SourceCounts();
  /** Of requests whose record found no room. */
  readonly #missed = new RequestCounts();
  #missedRecords = 0;
  #seen: SeenGeneration[] = [];
  #askedAt = Number.NEGATIVE_INFINITY;
  /** Callers of whom it was told that a response revokes what they have. */
  readonly #heldTold = new Set<string>();
  readonly #parts = new Map<string, { readonly lost: string | undefined; readonly at: number }>();

  constructor(tell: Tell, records: SharedRecords, subjectKey?: Uint8Array) {
    this.#tell = tell;
    this.quotas = new AskQuotas(tell);
    this.impersonations = new AskImpersonations(tell);
    this.#records = new RecordWriter(records);
    const subjects = subjectKey === undefined ? undefined : new SubjectNotes(subjectKey);
    if (subjects !== undefined) {
      this.onSubject = (pseudonym, subject, atMs) => subjects.note(pseudonym, subject, atMs);
      setInterval(() => {
        const noted = subjects.take();
        if (noted !== undefined) tell({ kind: "subjects", ...noted });
      }, subjectsEveryMs).unref();
    }
    setInterval(() => this.flush(), missedEveryMs).unref();
    setInterval(() => this.#tellEvidence(), evidenceEveryMs).unref();
    setInterval(() => this.#tellTokenTimes(), tokenTimesEveryMs).unref();
    setInterval(() => this.#tellSeen(), seenEveryMs).unref();
    setInterval(() => this.#tellSpending(), spendingEveryMs).unref();
  }

  /** Undefined where nobody keeps it. */
  readonly onSubject: GateReports["onSubject"];

  readonly record = (one: DecisionRecord): void => {
    if (!this.#records.write(one)) {
      this.#missed.add(one);
      this.#missedRecords += 1;
    } else if (this.#records.isFilling) this.#tell({ kind: "records" });
  };

  readonly onSpent: GateReports["onSpent"] = (address, caller, operation, cost, isHeld) =>
    this.#spending.note(address, caller, operation, cost, isHeld);

  readonly onUnknownKey = (keysId: string | undefined): void => {
    if (performance.now() - this.#askedAt < askEveryMs) return;
    this.#askedAt = performance.now();
    this.#tell({ kind: "unknown-key", keysId });
  };

  /** An app has used a token of this generation: it has received it. */
  readonly onNewToken = ({ claims, sessionId }: Caller): void => {
    const { generation } = claims;
    if (sessionId !== undefined && typeof generation === "number")
      this.#seen.push([sessionId, generation]);
  };

  readonly onTokenTimes = (life: number | undefined, age: number | undefined): void =>
    this.#tokenTimes.note(life, age);

  readonly holding = {
    responses: new ResponseTable(),
    onHeldCaller: (rule: string, caller: HeldCaller): void => this.#tellHeld(rule, caller),
  };

  /** Once for each session: what is revoked is refused from then on wherever it comes. */
  #tellHeld(rule: string, caller: HeldCaller): void {
    const { key, sessionId, source, subject } = caller;
    const told = JSON.stringify([rule, key, sessionId]);
    if (this.#heldTold.has(told)) return;
    if (this.#heldTold.size >= mostHeldTold) this.#heldTold.clear();
    this.#heldTold.add(told);
    this.#tell({ kind: "held-caller", rule, caller: { key, sessionId, source, subject } });
  }

  readonly onTime = (witness: string, aheadMs: number): void =>
    this.#tell({ kind: "time", witness, aheadMs });

  /** A part that answers all the time is not told of at each answer. */
  readonly onPart = (part: string, lost: string | undefined): void => {
    const told = this.#parts.get(part);
    const now = performance.now();
    if (told !== undefined && told.lost === lost && now - told.at < partsEveryMs) return;
    this.#parts.set(part, { lost, at: now });
    this.#tell({ kind: "part", part, lost });
  };

  /** At once: the thread may end before the next batch, and somebody would have to sign in again. */
  readonly onLearned = (name: string, entry: LearnedEntry | undefined): void =>
    this.#tell({ kind: "learned", name, entry });

  readonly onTrouble = (message: string): void => this.#tell({ kind: "trouble", message });

  /** What the parser refused has no operation, but it happened. */
  readonly unparsed = (problem: Problem): void => this.record(unparsed(problem));

  /** Tells of requests whose record found no room: they are counted all the same. */
  flush(): void {
    const count = this.#missedRecords;
    if (count === 0) return;
    this.#missedRecords = 0;
    this.#tell({ kind: "missed", count, counts: this.#missed.take() });
  }

  #tellEvidence(): void {
    const rows = this.evidence.take();
    if (rows.length > 0) this.#tell({ kind: "evidence", rows });
  }

  #tellTokenTimes(): void {
    const times = this.#tokenTimes.take();
    if (times !== undefined) this.#tell({ kind: "token-times", times });
    const sources = this.sources.take();
    if (sources !== undefined) this.#tell({ kind: "sources", sources });
  }

  #tellSpending(): void {
    const told = this.#spending.take();
    if (told !== undefined) this.#tell({ kind: "spending", told });
  }

  #tellSeen(): void {
    if (this.#seen.length === 0) return;
    this.#tell({ kind: "seen", generations: this.#seen });
    this.#seen = [];
  }
}

const unparsed = ({ code, status }: Problem): DecisionRecord => ({
  time: new Date().toISOString(),
  traceId: "0".repeat(32),
  operation: "(unparsed)",
  method: "",
  path: undefined,
  apiVersion: undefined,
  app: undefined,
  appVersion: undefined,
  status,
  upstreamStatus: undefined,
  outcome: "refused",
  code,
  decisions: [{ code, mode: "enforce", detail: undefined, at: undefined }],
  stripped: undefined,
  unwritten: undefined,
  durationMs: 0,
  upstreamMs: undefined,
  answerBytes: 0,
});
