import { catalogue, type DetectMode, type DetectSetting, modeOf } from "./detectors/catalogue.ts";
import type { Detector, DetectorFacts } from "./detectors/detector.ts";
import type { Evidence } from "./detectors/evidence.ts";
import { RecentSeen } from "./detectors/recent-seen.ts";
import type { Seen } from "./detectors/seen.ts";

/** What the policy says of detectors, by their names. */
export type DetectSettings = Readonly<Partial<Record<string, DetectSetting>>>;

export interface AttackWatchParts {
  readonly settings: DetectSettings;
  /** Roles that operations of the policy have. */
  readonly roles: ReadonlySet<string>;
  readonly onEvidence: (evidence: Evidence) => void;
  readonly say: (message: string) => void;
}

/** How a detector fares, for whoever asks. */
export interface DetectorState extends DetectorFacts {
  readonly mode: DetectMode;
  readonly state: "watching" | "not configured" | "off";
  readonly bytes: number;
}

interface Running {
  readonly facts: DetectorFacts;
  readonly setting: string;
  readonly detector: Detector;
}

const recentRows = 4096;
const turnEveryMs = 1000;
/** Threads write records of the same moment one behind the other. */
const backwardMs = 10_000;
const forwardMs = 3_600_000;

/**
 * Hands every request to every detector, and keeps the newest of those that may be part of an
 * attack. Never throws: what a detector does wrong costs that detector its turn, and is said.
 */
export class AttackWatch {
  readonly recent = new RecentSeen(recentRows);
  readonly #parts: AttackWatchParts;
  #running: readonly Running[] = [];
  #settings: DetectSettings = {};
  #roles: ReadonlySet<string> = new Set();
  #nowMs = Number.NEGATIVE_INFINITY;
  #turnedMs = Number.NEGATIVE_INFINITY;
  #voided = 0;
  #faults = 0;

  constructor(parts: AttackWatchParts) {
    this.#parts = parts;
    this.use(parts.settings, parts.roles);
  }

  /** How often the clock was set, so that everything that was counted began anew. */
  get voided(): number {
    return this.#voided;
  }

  get faults(): number {
    return this.#faults;
  }

  /** A changed policy: a detector whose settings stay goes on with what it knows. */
  use(settings: DetectSettings, roles: ReadonlySet<string>): void {
    const before = new Map(this.#running.map((one) => [one.facts.name, one]));
    this.#settings = settings;
    this.#roles = roles;
    this.#running = catalogue
      .filter(({ facts }) => stateOf(facts, settings, roles) === "watching")
      .map(({ facts, make }) => {
        const setting = JSON.stringify(parametersOf(settings[facts.name]));
        const known = before.get(facts.name);
        if (known?.setting === setting) return known;
        const detector = make(parametersOf(settings[facts.name]), this.#parts.onEvidence);
        return { facts, setting, detector };
      });
  }

  states(): readonly DetectorState[] {
    return catalogue.map(({ facts }) => ({
      ...facts,
      mode: modeOf(this.#settings[facts.name]),
      state: stateOf(facts, this.#settings, this.#roles),
      bytes: this.#running.find((one) => one.facts.name === facts.name)?.detector.bytes ?? 0,
    }));
  }

  modeOf(detector: string): DetectMode {
    return modeOf(this.#settings[detector]);
  }

  note(seen: Seen): void {
    const { signal } = seen;
    if (signal === undefined) return;
    this.#keepTime(seen.timeMs);
    if (isWorthKeeping(seen)) this.recent.add(seen, signal);
    for (const { detector, facts } of this.#running)
      try {
        detector.note(seen, signal);
      } catch (fault) {
        this.#failed(facts.name, fault);
      }
  }

  /** Time goes on though nobody asks for anything. */
  turn(nowMs: number): void {
    this.#keepTime(nowMs);
  }

  #keepTime(nowMs: number): void {
    const step = nowMs - this.#nowMs;
    if (Number.isFinite(this.#nowMs) && (step < -backwardMs || step > forwardMs)) this.#void(nowMs);
    else if (step > 0) this.#nowMs = nowMs;
    if (nowMs - this.#turnedMs < turnEveryMs) return;
    this.#turnedMs = nowMs;
    for (const { detector, facts } of this.#running)
      try {
        detector.turn?.(nowMs);
      } catch (fault) {
        this.#failed(facts.name, fault);
      }
  }

  /** Nobody knows how much time has passed: what was counted in it says nothing. */
  #void(nowMs: number): void {
    this.#voided += 1;
    this.#nowMs = nowMs;
    this.#turnedMs = nowMs;
    for (const { detector } of this.#running) detector.void?.();
    this.#parts.say("the clock was set: what detectors had counted begins anew");
  }

  #failed(name: string, fault: unknown): void {
    this.#faults += 1;
    if (this.#faults === 1 || this.#faults % 10_000 === 0)
      this.#parts.say(`the detector ${name} could not read a request: ${(fault as Error).message}`);
  }
}

/** What passed as ever is not told of; what was tried, or went wrong, may be. */
const isWorthKeeping = ({ decisions, signal, status }: Seen): boolean =>
  signal?.role !== undefined || signal?.wasShown === false || status >= 400 || decisions.length > 0;

function stateOf(
  { name, roles: needed }: DetectorFacts,
  settings: DetectSettings,
  roles: ReadonlySet<string>,
): DetectorState["state"] {
  if (modeOf(settings[name]) === "off") return "off";
  return needed.length === 0 || needed.some((role) => roles.has(role))
    ? "watching"
    : "not configured";
}

const parametersOf = (setting: DetectSetting | undefined) => {
  if (setting === undefined || typeof setting === "string") return {};
  const { mode: _mode, ...parameters } = setting;
  return parameters;
};
