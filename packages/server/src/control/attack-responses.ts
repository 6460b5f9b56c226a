import { problemCatalogue } from "@portcullis/guard/problems";
import { type ResponseRule, type RuleAct, ruleActs } from "@portcullis/guard/state";
import type { HeldCaller } from "@portcullis/guard/tokens";
import type { AttackKey } from "../watch/detectors/evidence.ts";
import type { Seen } from "../watch/detectors/seen.ts";
import type { Change, Incident } from "../watch/incidents/incident.ts";
import type { IncidentBook } from "../watch/incidents/incident-book.ts";
import type { Explaining } from "../watch/incidents/telling.ts";
import { Automatic, type AutomaticParts } from "../watch/responses/automatic.ts";
import { MemoryResponses } from "../watch/responses/memory-responses.ts";
import { Reaches } from "../watch/responses/reach.ts";
import { Responding, type RespondingParts } from "../watch/responses/responding.ts";
import type { Response, ResponseStore } from "../watch/responses/response.ts";
import { EndingRows } from "./ending-rows.ts";

/** What the program around gives, so that something can be done. */
export interface ResponsePorts {
  /** Undefined where there is no store: then responses last as long as the process. */
  readonly store: ResponseStore | undefined;
  readonly switches: RespondingParts["switches"];
  readonly audit: RespondingParts["audit"];
  /** Ends what a caller was given; undefined where nobody keeps that. */
  readonly revoke: ((caller: HeldCaller, by: string) => Promise<void>) | undefined;
  /** Gate threads are told. */
  readonly onRules: (rules: readonly ResponseRule[]) => void;
}

export interface AttackResponsesParts extends ResponsePorts {
  readonly book: Pick<IncidentBook, "find" | "note">;
  readonly keysOf: (incident: Incident) => readonly Explaining[] | undefined;
  readonly nameKey: (key: AttackKey) => string;
  readonly settingsOf: AutomaticParts["settingsOf"];
  readonly modeOf: AutomaticParts["modeOf"];
  readonly nowMs: () => number;
  readonly say: (message: string) => void;
}

/** Everything that is done about attacks: by the policy, by people, and at every gate thread. */
export class AttackResponses {
  readonly #parts: AttackResponsesParts;
  readonly #store: ResponseStore;
  readonly #reaches = new Reaches((code) => problemCatalogue.get(code)?.mode);
  readonly #rows: EndingRows<Response>;
  readonly #automatic: Automatic;
  readonly responding: Responding;

  constructor(parts: AttackResponsesParts) {
    const { audit, book, keysOf, nameKey, nowMs, onRules, say, switches } = parts;
    this.#parts = parts;
    this.#store = parts.store ?? new MemoryResponses();
    this.#rows = new EndingRows({
      table: this.#store,
      now: nowMs,
      onRows: (rows) => onRules(rows.flatMap(rulesOf)),
    });
    const reaches = this.#reaches;
    const onChanged = (): Promise<void> => this.#rows.look();
    this.responding = new Responding({
      store: this.#store,
      book,
      keysOf,
      nameKey,
      reaches,
      switches,
      // What ends an attack is done though nobody can write it down; that is said instead.
      audit: (...entry) =>
        audit(...entry).catch((fault: unknown) =>
          say(`a response could not be written to the audit: ${(fault as Error).message}`),
        ),
      onChanged,
      nowMs,
    });
    const { modeOf, settingsOf } = parts;
    const { responding } = this;
    this.#automatic = new Automatic({ responding, book, settingsOf, modeOf, nameKey, nowMs, say });
  }

  /** What holds from before this start, and on other nodes. */
  open(): Promise<void> {
    return this.#rows.look();
  }

  /** For a gate thread that begins. */
  get rules(): readonly ResponseRule[] {
    return this.#rows.current.flatMap(rulesOf);
  }

  note(seen: Seen): void {
    this.#reaches.note(seen);
  }

  /** The clock was set: nobody knows of which day what was counted is. */
  void(): void {
    this.#reaches.void();
  }

  hear(incident: Incident, change: Change): void {
    this.#automatic.hear(incident, change);
  }

  /** A gate has met somebody whom a response that revokes is about. */
  revoke(rule: string, caller: HeldCaller): void {
    const { revoke, say } = this.#parts;
    const found = this.#rows.current.find(({ id }) => id === rule);
    if (found === undefined || revoke === undefined) return;
    revoke(caller, found.by).catch((fault: unknown) =>
      say(`response ${rule}: what was given could not be revoked: ${(fault as Error).message}`),
    );
  }

  /** How many hold, by what they do. */
  counts(): Readonly<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const { act } of this.#rows.current) counts[act] = (counts[act] ?? 0) + 1;
    return counts;
  }

  sweep(endedBeforeMs: number): Promise<void> {
    return this.#store.removeBefore(endedBeforeMs);
  }

  async close(): Promise<void> {
    await this.#automatic.settled();
    this.#rows.close();
  }
}

const isRuleAct = (act: string): act is RuleAct => ruleActs.some((one) => one === act);

function rulesOf({ act, createdAtMs, endsAtMs, id, key, operations }: Response): ResponseRule[] {
  const { hash, kind } = key;
  if (!isRuleAct(act) || kind === "everybody" || kind === "target") return [];
  return [{ id, act, kind, hash, operations, fromMs: createdAtMs, untilMs: endsAtMs }];
}
