import type { Policy } from "../policy/program-policy.ts";
import { compileNameKey } from "../keys/signal-secret.ts";
import { AttackWatch, type DetectSettings } from "../watch/attack-watch.ts";
import { isAtLeast } from "../watch/detectors/evidence.ts";
import type { Incident, IncidentState, Mark } from "../watch/incidents/incident.ts";
import type { Seen } from "../watch/detectors/seen.ts";
import { explainingRelease } from "../watch/incidents/explaining-release.ts";
import { ReleaseBook, releaseEvents } from "../watch/releases/release-book.ts";
import { type Alert, Alerting } from "../watch/sinks/alerting.ts";
import { LastDecided } from "../watch/last-decided.ts";
import { Mutes } from "../watch/sinks/mutes.ts";
import type { HeldCaller } from "@portcullis/guard/tokens";
import type { ResponseRule } from "@portcullis/guard/state";
import type { RespondSetting } from "../watch/responses/automatic.ts";
import type { Responding } from "../watch/responses/responding.ts";
import { hidingBy } from "./hidden-keys.ts";
import type { AttackCounts, AttackWatchingParts } from "./attack-parts.ts";
import { AttackResponses } from "./attack-responses.ts";
import { IncidentBook } from "../watch/incidents/incident-book.ts";
import { IncidentKeeping } from "../watch/incidents/incident-keeping.ts";
import { type Precision, precisionOf } from "../watch/incidents/precision.ts";

const turnEveryMs = 1000;
/** Graphs show so many releases. */
const mostTold = 20;
const sweepEveryMs = 3_600_000;
const usualKeepMs = 2 * 365 * 86_400_000;

/** Looks for attacks in what gate threads leave, and keeps what was found. */
export class AttackWatching {
  readonly #watch: AttackWatch;
  readonly #book: IncidentBook;
  readonly #keeping: IncidentKeeping | undefined;
  readonly #timer: NodeJS.Timeout;
  readonly #alerting: Alerting;
  readonly #responses: AttackResponses;
  #policy: Policy;
  #voided = 0;
  #sweptMs = Number.NEGATIVE_INFINITY;
  readonly mutes: Mutes;
  /** What was released when. */
  readonly releases: ReleaseBook;
  readonly decided: LastDecided;
  readonly nowMs: () => number;

  private constructor(parts: AttackWatchingParts) {
    const { alerts, nowMs, policy, recordSecret, roles, say, sealing, store } = parts;
    this.nowMs = nowMs;
    this.#policy = policy;
    this.mutes = new Mutes(store?.mutes, say);
    this.#alerting = new Alerting(this.mutes, nowMs, say);
    this.#alerting.use(alerts);
    this.#watch = new AttackWatch({
      settings: settingsOf(policy),
      roles: new Set(roles),
      onEvidence: (evidence) => this.#book.take(evidence),
      say,
    });
    this.decided = new LastDecided(nowMs());
    this.#keeping = store === undefined ? undefined : new IncidentKeeping(store.incidents, say);
    this.releases = new ReleaseBook({
      store: store?.releases,
      isDeclared: (app) => this.#declares(app),
      nowMs,
      say,
    });
    const nameKey = compileNameKey(recordSecret);
    const hiding = hidingBy(sealing);
    this.#book = new IncidentBook({
      recent: this.#watch.recent,
      nameKey,
      releaseOf: (evidence, seen) =>
        explainingRelease(evidence, seen, (app, version) => this.releases.find(app, version)),
      hideKeys: hiding.hide,
      onChange: (incident, change) => {
        this.#keeping?.put(incident);
        this.#alerting.hear(incident, change, this.#isUrgent(incident));
        this.#responses.hear(incident, change);
      },
    });
    this.#responses = new AttackResponses({
      ...parts.responses,
      book: this.#book,
      keysOf: hiding.keysOf,
      nameKey,
      settingsOf: (detector) => this.#respondSettings(detector),
      modeOf: (detector) => this.#modeOf(detector),
      nowMs,
      say,
    });
    this.#timer = setInterval(() => this.#turn(nowMs()), turnEveryMs).unref();
  }

  static async open(parts: AttackWatchingParts): Promise<AttackWatching> {
    const watching = new AttackWatching(parts);
    await watching.#sweep(parts.nowMs());
    watching.#book.restore((await watching.#keeping?.read()) ?? []);
    await watching.releases.begin();
    await watching.mutes.read(parts.nowMs());
    await watching.#responses.open();
    return watching;
  }

  readonly follow = (seen: Seen): void => {
    this.#watch.note(seen);
    this.releases.follow(seen);
    this.decided.follow(seen);
    this.#responses.note(seen);
  };

  /** What is done about incidents: asked for, done and taken back. */
  get responding(): Responding {
    return this.#responses.responding;
  }

  /** What gate threads do about attacks just now. */
  get rules(): readonly ResponseRule[] {
    return this.#responses.rules;
  }

  /** A gate has met somebody whom a response that revokes is about. */
  revoke(rule: string, caller: HeldCaller): void {
    this.#responses.revoke(rule, caller);
  }

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
    return this.#watch.states().map((one) => ({
      ...one,
      mode: this.#modeOf(one.name),
      marked: this.#precisionOf(one.name).words,
    }));
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
      responses: this.#responses.counts(),
      clockSet: this.#watch.voided,
      faults: this.#watch.faults,
    };
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#responses.close();
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

  /** What people have found wrong too often is not let act. */
  #modeOf(detector: string): "off" | "observe" | "enforce" {
    const mode = this.#watch.modeOf(detector);
    return mode === "off" || this.#precisionOf(detector).isTrusted ? mode : "observe";
  }

  #turn(nowMs: number): void {
    this.#watch.turn(nowMs);
    if (this.#watch.voided !== this.#voided) this.#responses.void();
    this.#voided = this.#watch.voided;
    this.#book.turn(nowMs);
    this.#alerting.turn(nowMs);
    void this.mutes.read(nowMs);
    void this.#sweep(nowMs);
  }

  /** What is older than the policy keeps goes, at the start and once an hour. */
  async #sweep(nowMs: number): Promise<void> {
    if (nowMs - this.#sweptMs < sweepEveryMs) return;
    this.#sweptMs = nowMs;
    const beforeMs = nowMs - (this.#policy.record?.keep?.incidents ?? usualKeepMs);
    this.#book.removeBefore(beforeMs);
    await this.#keeping?.removeBefore(beforeMs);
    await this.#responses.sweep(beforeMs).catch(() => undefined);
  }

  #respondSettings(detector: string): readonly RespondSetting[] {
    return this.#policy.respond?.[detector as keyof NonNullable<Policy["respond"]>] ?? [];
  }

  /** The policy wants it told at once, and people have not found the detector wrong too often. */
  #isUrgent({ detector, severity }: Incident): boolean {
    const isAsked = this.#respondSettings(detector).some(
      (one) => one.do === "notify" && isAtLeast(severity, one.minSeverity ?? "info"),
    );
    return isAsked && this.#precisionOf(detector).isTrusted;
  }
}

const settingsOf = ({ detect = {} }: Policy): DetectSettings => detect;
