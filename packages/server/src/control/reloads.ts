import type { PreparedChange } from "../gate/fleet.ts";
import type { PlanSettings } from "../gate/settings.ts";
import type { Planned, PlanSummary } from "../policy/planned.ts";
import type { Policy } from "../policy/program-policy.ts";
import type { GateSecrets } from "./gate-secrets.ts";
import { planSettingsOf, type Served, type Serving } from "./serving.ts";

export interface ReloadOptions {
  readonly serving: Serving;
  /** Reads policy and documents again. @throws Error in words for a person */
  readonly read: () => Promise<Planned>;
  /** Is told which files a change of the plan would be a change of, as they were when read. */
  readonly onFiles: (files: ReadonlyMap<string, string>) => void;
  /** @throws Error in words for a person */
  readonly readSecrets: (policy: Policy, folder: string) => GateSecrets;
  /** Makes the issuer follow the policy. @throws Error in words for a person; the old one serves */
  readonly follow: (policy: Policy, plan: PlanSummary) => Promise<void>;
  /** Makes every gate thread ready. @throws Error in words for a person, where one cannot be */
  readonly prepare: (settings: PlanSettings) => Promise<PreparedChange>;
  /** Said when a changed policy was read: its faults, or none. */
  readonly onReloaded: (read: Planned) => void;
  readonly say: (message: string) => void;
  /** Milliseconds of a clock that never jumps. */
  readonly now?: () => number;
}

/** What a running program does not change: where it listens, and as whom it speaks. */
const startOnly = (policy: Policy | undefined): string =>
  JSON.stringify([
    policy?.listen,
    policy?.admin,
    policy?.publicUrl,
    policy?.store,
    policy?.provenance === undefined,
    policy?.provenanceMemory,
    policy?.identity?.accessToken?.binding,
  ]);

/** A change that is older has served for long enough: what ends threads now is something else. */
const undoWithinMs = 600_000;

interface Change {
  /** What served before it. */
  readonly before: Served;
  readonly atMs: number;
  readonly stricter: string | undefined;
}

/** Takes changed policies into use. The old one serves until every thread has the new one ready. */
export class Reloads {
  readonly #options: ReloadOptions;
  readonly #startedWith: string;
  readonly #now: () => number;
  #last: Promise<unknown> = Promise.resolve();
  #change: Change | undefined;
  #count = 0;
  #refused = 0;
  #undone = 0;

  constructor(options: ReloadOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    this.#startedWith = startOnly(options.serving.policy);
  }

  /** How often the policy was read again. */
  get count(): number {
    return this.#count;
  }

  /** How often a changed policy was not taken into use. */
  get refused(): number {
    return this.#refused;
  }

  /** How often a change was undone because gate threads kept ending. */
  get undone(): number {
    return this.#undone;
  }

  /**
   * One after the other: a file that is saved twice must not leave the older one serving.
   *
   * @returns whether the new plan serves on every thread
   */
  inTurn(): Promise<boolean> {
    return this.#inTurn(() => this.#reload());
  }

  /**
   * Goes back to what served before the last change, if that is recent and has made nothing
   * stricter.
   *
   * @returns words for a person: what was done, or why nothing was; undefined where there was no
   *   recent change
   */
  undoLast(): Promise<{ readonly isUndone: boolean; readonly words: string } | undefined> {
    return this.#inTurn(() => this.#undo());
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work, work);
    this.#last = done;
    return done;
  }

  async #reload(): Promise<boolean> {
    const { onFiles, onReloaded, read, readSecrets, serving } = this.#options;
    this.#count += 1;
    try {
      const next = await read();
      onFiles(next.files);
      const { folder, plan, policy } = next;
      if (plan === undefined || policy === undefined) {
        this.#refused += 1;
        onReloaded(next);
        return false;
      }
      const before = serving.served;
      await this.#changeTo(serving.next(policy, plan, readSecrets(policy, folder)));
      this.#change = { before, atMs: this.#now(), stricter: next.stricter };
      onReloaded(next);
      return true;
    } catch (fault) {
      this.#refused += 1;
      const why = (fault as Error).message;
      this.#options.say(`the changed policy is not used, the old one serves: ${why}`);
      return false;
    }
  }

  /** @throws Error in words for a person; then nothing has changed */
  async #changeTo(next: Served): Promise<void> {
    const { follow, prepare, say, serving } = this.#options;
    const prepared = await prepare(planSettingsOf(next));
    if (startOnly(next.policy) !== this.#startedWith)
      say(
        "what changed under listen, admin, publicUrl, store or binding takes effect at the next start",
      );
    try {
      await follow(next.policy, next.plan);
    } catch (fault) {
      prepared.discard();
      throw fault;
    }
    serving.use(next);
    prepared.serve();
  }

  async #undo(): Promise<{ readonly isUndone: boolean; readonly words: string } | undefined> {
    const change = this.#change;
    if (change === undefined || this.#now() - change.atMs > undoWithinMs) return undefined;
    const { before, stricter } = change;
    if (stricter !== undefined)
      return {
        isUndone: false,
        words: `the last change of the policy is not undone, because it may have made something stricter (${stricter})`,
      };
    try {
      await this.#changeTo(before);
    } catch (fault) {
      const why = (fault as Error).message;
      return {
        isUndone: false,
        words: `the last change of the policy could not be undone: ${why}`,
      };
    }
    this.#change = undefined;
    this.#undone += 1;
    return {
      isUndone: true,
      words: "the last change of the policy is undone, and what served before it serves again",
    };
  }
}
