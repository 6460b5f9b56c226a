import { steadyMs } from "@portcullis/guard/state";
import type { Policy } from "../policy/program-policy.ts";
import { compileNameKey } from "../keys/signal-secret.ts";
import { AttackWatch, type DetectSettings } from "../watch/attack-watch.ts";
import type { Incident, IncidentState, Mark } from "../watch/incidents/incident.ts";
import type { Seen } from "../watch/detectors/seen.ts";
import { IncidentBook } from "../watch/incidents/incident-book.ts";
import { IncidentKeeping, type IncidentStore } from "../watch/incidents/incident-keeping.ts";
import { type Precision, precisionOf } from "../watch/incidents/precision.ts";

export interface AttackWatchingParts {
  readonly policy: Policy;
  /** Undefined where there is no store: then incidents last as long as the process. */
  readonly store: IncidentStore | undefined;
  readonly recordSecret: Uint8Array;
  readonly say: (message: string) => void;
}

const turnEveryMs = 1000;
const keepMs = 2 * 365 * 86_400_000;

/** Looks for attacks in what gate threads leave, and keeps what was found. */
export class AttackWatching {
  readonly #watch: AttackWatch;
  readonly #book: IncidentBook;
  readonly #keeping: IncidentKeeping | undefined;
  readonly #timer: NodeJS.Timeout;

  private constructor({ policy, recordSecret, say, store }: AttackWatchingParts) {
    this.#watch = new AttackWatch({
      settings: settingsOf(policy),
      roles: rolesOf(policy),
      onEvidence: (evidence) => this.#book.take(evidence),
      say,
    });
    this.#keeping = store === undefined ? undefined : new IncidentKeeping(store, keepMs, say);
    this.#book = new IncidentBook({
      recent: this.#watch.recent,
      nameKey: compileNameKey(recordSecret),
      onChange: (incident) => this.#keeping?.put(incident),
    });
    this.#timer = setInterval(() => this.#turn(steadyMs()), turnEveryMs).unref();
  }

  static async open(parts: AttackWatchingParts): Promise<AttackWatching> {
    const watching = new AttackWatching(parts);
    watching.#book.restore((await watching.#keeping?.read(steadyMs())) ?? []);
    return watching;
  }

  readonly follow = (seen: Seen): void => this.#watch.note(seen);

  /** A changed policy. */
  use(policy: Policy): void {
    this.#watch.use(settingsOf(policy), rolesOf(policy));
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
    if (mark !== undefined) this.#book.mark(id, mark, who, steadyMs());
    if (state !== undefined) this.#book.setState(id, state, who, steadyMs());
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

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#keeping?.close();
  }

  #precisionOf(detector: string): Precision {
    return precisionOf(this.#book.marksOf(detector));
  }

  #turn(nowMs: number): void {
    this.#watch.turn(nowMs);
    this.#book.turn(nowMs);
  }
}

const settingsOf = ({ detect = {} }: Policy): DetectSettings => detect;

/** Roles that the policy's operations have, and those of the built-in issuer. */
function rolesOf({ identity, operations = [] }: Policy): ReadonlySet<string> {
  const roles = new Set<string>(operations.flatMap(({ role }) => role ?? []));
  if (identity?.issuer === "builtin") roles.add("sign-in");
  return roles;
}
