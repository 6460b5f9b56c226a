import { type AttackKey, isAtLeast, type Severity } from "../detectors/evidence.ts";
import type { Change, Done, Incident } from "../incidents/incident.ts";
import { mostPeople, type Permit } from "./permit.ts";
import { type Responding, ResponseFault } from "./responding.ts";
import { actorOfDetector, isByDetector, type ResponseAct } from "./response.ts";
import { usualForMs, usualShare, wordsOf } from "./wish.ts";

/** One response that the policy names for a detector. */
export interface RespondSetting {
  readonly do: ResponseAct | "notify";
  readonly mode?: "observe" | "enforce";
  readonly for?: number;
  readonly control?: string;
  readonly minSeverity?: Severity;
  readonly mostPeople?: number;
}

export interface AutomaticParts {
  readonly responding: Responding;
  readonly book: {
    find(id: string): Incident | undefined;
    note(id: string, done: Done): void;
  };
  readonly settingsOf: (detector: string) => readonly RespondSetting[];
  /** Of a detector, as far as people's marks let it act. */
  readonly modeOf: (detector: string) => "off" | "observe" | "enforce";
  readonly nameKey: (key: AttackKey) => string;
  readonly nowMs: () => number;
  readonly say: (message: string) => void;
}

const hourMs = 3_600_000;
/** Few single devices are no sweep, however small the app. */
const fewPeople = 10;

/** Does what the policy says about incidents, as they grow. Never throws, and nobody waits for it. */
export class Automatic {
  readonly #parts: AutomaticParts;
  #line: Promise<void> = Promise.resolve();

  constructor(parts: AutomaticParts) {
    this.#parts = parts;
  }

  /** What is done about it changes an incident too, and is no reason to do more. */
  hear({ detector, id }: Incident, change: Change): void {
    if (change === "marked" || change === "closed") return;
    const settings = this.#parts.settingsOf(detector).filter((one) => one.do !== "notify");
    if (settings.length === 0) return;
    this.#line = this.#line
      .then(async () => {
        for (const setting of settings) await this.#consider(id, setting);
      })
      .catch((fault: unknown) =>
        this.#parts.say(`incident ${id}: nothing was done: ${(fault as Error).message}`),
      );
  }

  /** When everything that was heard until now has been considered. */
  settled(): Promise<void> {
    return this.#line;
  }

  async #consider(id: string, setting: RespondSetting): Promise<void> {
    const { book, modeOf, responding } = this.#parts;
    // As it is by now: it may have grown meanwhile, or somebody may have marked it.
    const incident = book.find(id);
    const { do: act, minSeverity = "low" } = setting;
    if (incident === undefined || act === "notify") return;
    if (incident.mark === "benign" || incident.mark === "expected") return;
    if (!isAtLeast(incident.severity, minSeverity)) return;
    const { control, mostPeople: mostShare } = setting;
    const permit = responding.judge(incident, { act, control, mostShare, isAutomatic: true });
    const acts = modeOf(incident.detector) === "enforce" && setting.mode !== "observe";
    const tooMany = acts && act !== "pressure" ? await this.#tooMany(permit, mostShare) : undefined;
    const because = permit.because ?? tooMany;
    if (because !== undefined) this.#noteOnce(incident, act, `not done: ${because}`);
    else if (acts) await this.#act(incident, setting, act);
    else
      this.#noteOnce(
        incident,
        act,
        `would have been done: ${this.#words(incident, setting, act, permit)}`,
      );
  }

  async #act(incident: Incident, setting: RespondSetting, act: ResponseAct): Promise<void> {
    const { responding } = this.#parts;
    // What a person took back is not done again.
    const before = await responding.of(incident.id);
    if (before.some((one) => one.act === act && one.undoneAtMs !== undefined)) return;
    try {
      await responding.respond(incident, {
        act,
        control: setting.control,
        forMs: setting.for ?? usualForMs,
        mostShare: setting.mostPeople,
        by: actorOfDetector(incident.detector),
        reason: incident.summary,
      });
    } catch (fault) {
      if (!(fault instanceof ResponseFault)) throw fault;
      this.#noteOnce(incident, act, `not done: ${fault.message}`);
    }
  }

  /** Many narrow acts are a wide one. */
  async #tooMany(
    { reach }: Permit,
    mostShare: number | undefined = usualShare,
  ): Promise<string | undefined> {
    const { nowMs, responding } = this.#parts;
    const atMs = nowMs();
    const lately = (await responding.active(atMs)).filter(
      ({ act, by, createdAtMs }) =>
        isByDetector(by) && act !== "pressure" && atMs - createdAtMs < hourMs,
    );
    const people = lately.reduce((sum, one) => sum + Math.max(1, one.people), 0);
    const most = Math.max(fewPeople, mostPeople(mostShare, reach?.of ?? 0));
    return people + Math.max(1, reach?.people ?? 0) > most
      ? `detectors have acted on ${people} people within an hour, and ${most} is the most: ` +
          "a person has to decide"
      : undefined;
  }

  #words(
    { operations }: Incident,
    { control, for: forMs = usualForMs }: RespondSetting,
    act: ResponseAct,
    { key, reach }: Permit,
  ): string {
    const named =
      key === undefined
        ? { kind: "everybody" as const, name: "" }
        : { kind: key.kind, name: this.#parts.nameKey(key) };
    const { of = 0, people = 0 } = reach ?? {};
    return wordsOf({ act, control, named, of, operations, people }, forMs);
  }

  /** An incident that grows a hundred times says the same thing once. */
  #noteOnce({ done, id }: Incident, action: ResponseAct, what: string): void {
    const begins = what.slice(0, what.indexOf(":"));
    if (done.some((one) => one.action === action && one.what.startsWith(begins))) return;
    const at = new Date(this.#parts.nowMs()).toISOString();
    this.#parts.book.note(id, { at, action, mode: "observe", what });
  }
}
