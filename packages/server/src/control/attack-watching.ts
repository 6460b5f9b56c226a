import type { Policy } from "../policy/program-policy.ts";
import { compileNameKey } from "../keys/signal-secret.ts";
import { AttackWatch, type DetectSettings } from "../watch/attack-watch.ts";
import type { Incident, IncidentState, Mark } from "../watch/incidents/incident.ts";
import type { Seen } from "../watch/detectors/seen.ts";
import { explainingRelease } from "../watch/incidents/explaining-release.ts";
import type { Release } from "../watch/releases/release.ts";
import { ReleaseBook, releaseEvents, type ReleaseStore } from "../watch/releases/release-book.ts";
import { type Alert, Alerting } from "../watch/sinks/alerting.ts";
import type { DeliveryCounts } from "../watch/sinks/delivery.ts";
import { LastDecided } from "../watch/last-decided.ts";
import { Mutes } from "../watch/sinks/mutes.ts";
import { IncidentBook } from "../watch/incidents/incident-book.ts";
import { IncidentKeeping, type IncidentStore } from "../watch/incidents/incident-keeping.ts";
import { type Precision, precisionOf } from "../watch/incidents/precision.ts";

/** Where what was found, and what explains it, outlives the program. */
export interface AttackStores {
  readonly incidents: IncidentStore;
  readonly releases: ReleaseStore;
}

export interface AttackWatchingParts {
  readonly policy: Policy;
  /** What operations are for. */
  readonly roles: readonly string[];
  /** Undefined where there is no store: then incidents last as long as the process. */
  readonly store: AttackStores | undefined;
  readonly recordSecret: Uint8Array;
  /** Who is told, by the policy. */
  readonly alerts: readonly Alert[];
  /** Milliseconds since 1970, by the clock that records have. */
  readonly nowMs: () => number;
  readonly say: (message: string) => void;
}

/** What `/metrics` tells of detectors. */
export interface AttackCounts {
  /** Open ones, by severity. */
  readonly incidents: Readonly<Record<string, number>>;
  /** Notices, by the host that they are sent to. */
  readonly sinks: Readonly<Record<string, DeliveryCounts>>;
  /** The newest, by app and version. */
  readonly releases: readonly Release[];
  readonly clockSet: number;
  readonly faults: number;
}

const turnEveryMs = 1000;
/** Graphs show so many releases. */
const mostTold = 20;
const keepMs = 2 * 365 * 86_400_000;

/** Looks for attacks in what gate threads leave, and keeps what was found. */
export class AttackWatching {
  readonly #watch: AttackWatch;
  readonly #book: IncidentBook;
  readonly #keeping: IncidentKeeping | undefined;
  readonly #timer: NodeJS.Timeout;
  readonly #alerting: Alerting;
  #policy: Policy;
  readonly mutes = new Mutes();
  /** What was released when. */
  readonly releases: ReleaseBook;
  readonly decided: LastDecided;
  readonly nowMs: () => number;

  private constructor(parts: AttackWatchingParts) {
    const { alerts, nowMs, policy, recordSecret, roles, say, store } = parts;
    this.nowMs = nowMs;
    this.#policy = policy;
    this.#alerting = new Alerting(this.mutes, nowMs, say);
    this.#alerting.use(alerts);
    this.#watch = new AttackWatch({
      settings: settingsOf(policy),
      roles: new Set(roles),
      onEvidence: (evidence) => this.#book.take(evidence),
      say,
    });
    this.decided = new LastDecided(nowMs());
    this.#keeping =
      store === undefined ? undefined : new IncidentKeeping(store.incidents, keepMs, say);
    this.releases = new ReleaseBook({
      store: store?.releases,
      isDeclared: (app) => this.#declares(app),
      nowMs,
      say,
    });
    this.#book = new IncidentBook({
      recent: this.#watch.recent,
      nameKey: compileNameKey(recordSecret),
      releaseOf: (evidence, seen) =>
        explainingRelease(evidence, seen, (app, version) => this.releases.find(app, version)),
      onChange: (incident, change) => {
        this.#keeping?.put(incident);
        this.#alerting.hear(incident, change, this.#isUrgent(incident));
      },
    });
    this.#timer = setInterval(() => this.#turn(nowMs()), turnEveryMs).unref();
  }

  static async open(parts: AttackWatchingParts): Promise<AttackWatching> {
    const watching = new AttackWatching(parts);
    watching.#book.restore((await watching.#keeping?.read(parts.nowMs())) ?? []);
    await watching.releases.begin();
    return watching;
  }

  readonly follow = (seen: Seen): void => {
    this.#watch.note(seen);
    this.releases.follow(seen);
    this.decided.follow(seen);
  };

  /** A changed policy. */
  use(policy: Policy, roles: readonly string[], alerts: readonly Alert[]): void {
    this.#policy = policy;
    this.#alerting.use(alerts);
    this.#watch.use(settingsOf(policy), new Set(roles));
  }

  /** The newest first. */
  all(): readonly Incident[] {
    return this.#book.all();
  }

  find(id: string): Incident | undefined {
    return this.#book.find(id);
  }

  judge(
    id: string,
    { mark, state }: { readonly mark?: Mark; readonly state?: IncidentState },
    who: string,
  ): Incident | undefined {
    if (mark !== undefined) this.#book.mark(id, mark, who, this.nowMs());
    if (state !== undefined) this.#book.setState(id, state, who, this.nowMs());
    return this.#book.find(id);
  }

  detectors() {
    return this.#watch.states().map((one) => {
      const precision = this.#precisionOf(one.name);
      return {
        ...one,
        // What people have found wrong too often is not let act.
        mode: precision.isTrusted || one.mode === "off" ? one.mode : ("observe" as const),
        marked: precision.words,
      };
    });
  }

  /** Sends everybody who is told a notice that says it is a test. */
  testAlerts(): ReturnType<Alerting["test"]> {
    return this.#alerting.test();
  }

  counts(): AttackCounts {
    const incidents: Record<string, number> = {};
    for (const { severity, state } of this.#book.all())
      if (state !== "closed") incidents[severity] = (incidents[severity] ?? 0) + 1;
    return {
      incidents,
      sinks: this.#alerting.counts(),
      releases: releaseEvents(this.releases).slice(0, mostTold),
      clockSet: this.#watch.voided,
      faults: this.#watch.faults,
    };
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all([this.#alerting.close(), this.#keeping?.close(), this.releases.close()]);
  }

  /** Apps of the policy that serves; none: any name may be one. */
  get apps(): readonly string[] {
    return this.#policy.apps?.map(({ id }) => id) ?? [];
  }

  #declares(app: string): boolean {
    const { apps } = this;
    return apps.length === 0 || apps.includes(app);
  }

  #precisionOf(detector: string): Precision {
    return precisionOf(this.#book.marksOf(detector));
  }

  #turn(nowMs: number): void {
    this.#watch.turn(nowMs);
    this.#book.turn(nowMs);
    this.#alerting.turn(nowMs);
  }

  /** The policy wants it told at once, and people have not found the detector wrong too often. */
  #isUrgent({ detector }: Incident): boolean {
    const responses =
      this.#policy.respond?.[detector as keyof NonNullable<Policy["respond"]>] ?? [];
    return responses.length > 0 && this.#precisionOf(detector).isTrusted;
  }
}

const settingsOf = ({ detect = {} }: Policy): DetectSettings => detect;
