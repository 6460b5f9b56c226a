import type { Policy } from "../policy/program-policy.ts";
import type { Plan } from "@portcullis/guard/policy";
import type { PlanSettings } from "../gate/settings.ts";
import type { Loaded } from "../policy/load-policy.ts";
import type { GateSecrets } from "./gate-secrets.ts";
import type { Serving } from "./serving.ts";

export interface ReloadOptions {
  readonly serving: Serving;
  /** Reads policy and documents again. */
  readonly load: () => Promise<Loaded>;
  /** Is told which files a change of the plan would be a change of. */
  readonly onFiles: (files: readonly string[]) => void;
  /** @throws Error in words for a person */
  readonly readSecrets: (policy: Policy, folder: string) => GateSecrets;
  /** Makes the issuer follow the policy. @throws Error in words for a person; the old one serves */
  readonly follow: (policy: Policy, plan: Plan) => Promise<void>;
  /** Resolves when every thread serves by it; false when one did not say so in time. */
  readonly apply: (settings: PlanSettings) => Promise<boolean>;
  /** Said when a changed policy was read: its faults, or none. */
  readonly onReloaded: (loaded: Loaded, applied: boolean) => void;
  readonly say: (message: string) => void;
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

/** Takes changed policies into use. The old one serves until the new one is whole. */
export class Reloads {
  readonly #options: ReloadOptions;
  readonly #startedWith: string;
  #last: Promise<boolean> = Promise.resolve(true);
  #count = 0;
  #refused = 0;

  constructor(options: ReloadOptions) {
    this.#options = options;
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

  /**
   * One after the other: a file that is saved twice must not leave the older one serving.
   *
   * @returns whether the new plan serves on every thread
   */
  inTurn(): Promise<boolean> {
    const reload = (): Promise<boolean> => this.#reload();
    return (this.#last = this.#last.then(reload, reload));
  }

  async #reload(): Promise<boolean> {
    const { apply, load, onFiles, onReloaded, serving } = this.#options;
    const next = await load();
    this.#count += 1;
    onFiles(next.files);
    const secrets = this.#secretsOf(next);
    if (secrets === "unreadable") return false;
    const { plan, policy } = next;
    if (plan === undefined || policy === undefined || secrets === undefined) {
      this.#refused += 1;
      onReloaded(next, false);
      return false;
    }
    if (!(await this.#issuerFollows(policy, plan))) return false;
    serving.use(policy, plan, secrets);
    const applied = await apply(serving.planSettings);
    onReloaded(next, applied);
    return applied;
  }

  #secretsOf({ folder, policy }: Loaded): GateSecrets | "unreadable" | undefined {
    try {
      return policy === undefined ? undefined : this.#options.readSecrets(policy, folder);
    } catch (fault) {
      this.#refuse(fault as Error);
      return "unreadable";
    }
  }

  async #issuerFollows(policy: Policy, plan: Plan): Promise<boolean> {
    if (startOnly(policy) !== this.#startedWith)
      this.#options.say(
        "what changed under listen, admin, publicUrl, store or binding takes effect at the next start",
      );
    try {
      await this.#options.follow(policy, plan);
      return true;
    } catch (fault) {
      this.#refuse(fault as Error);
      return false;
    }
  }

  #refuse(fault: Error): void {
    this.#refused += 1;
    this.#options.say(`the changed policy is not used, the old one serves: ${fault.message}`);
  }
}
