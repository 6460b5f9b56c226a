import { randomBytes } from "node:crypto";
import type { Revocation } from "@portcullis/guard/credentials/revocation";
import type { Plan } from "@portcullis/guard/policy/plan";
import type { Policy } from "@portcullis/guard/policy/policy-schema";
import type { SeenGeneration } from "./gate-settings.ts";
import { issuerSocket } from "./issuer/issuer-document.ts";
import { openIssuerDoor } from "./issuer/issuer-door.ts";
import { type Identity, openIdentity } from "./issuer/open-identity.ts";
import { followRevocations, type RevocationFeed } from "./issuer/revocation-feed.ts";
import { IssuerKeys } from "./keys/issuer-keys.ts";
import type { Jwks } from "./keys/key-source.ts";
import { openStore, type Store } from "./store/open-store.ts";
import { createSealing, type Sealing, sealingKeys } from "./store/sealing.ts";

export interface IdentityServiceOptions {
  readonly policy: Policy;
  readonly plan: Plan;
  readonly folder: string;
  readonly directory: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly onKeys: (jwks: Jwks) => void;
  readonly onRevocations: (revocations: readonly Revocation[]) => void;
  readonly say: (message: string) => void;
}

export const defaultStore = (directory: string): string => `${directory}/portcullis.db`;

/** Who signs tokens and what became of them: the built-in issuer, or another's keys; and what was revoked of either. */
export class IdentityService {
  readonly #options: IdentityServiceOptions;
  readonly #keys: IssuerKeys;
  /** What nonces for proofs of possession are made of. */
  readonly nonceSecret: Uint8Array;
  readonly store: Store | undefined;
  readonly sealing: Sealing | undefined;
  #feed: RevocationFeed | undefined;
  #identity: Identity | undefined;
  #door: { close(): Promise<void> } | undefined;

  private constructor(options: IdentityServiceOptions, store: Store | undefined, sealing: Sealing | undefined) {
    this.#options = options;
    this.store = store;
    this.sealing = sealing;
    this.nonceSecret = sealing?.derive("dpop-nonce", 32) ?? randomBytes(32);
    this.#keys = new IssuerKeys(options.onKeys, options.say);
  }

  static async open(options: IdentityServiceOptions): Promise<IdentityService> {
    const { directory, environment, folder, policy } = options;
    const builtin = policy.identity?.issuer === "builtin";
    const keyed = environment["PORTCULLIS_KEY"] !== undefined || environment["PORTCULLIS_KEY_FILE"] !== undefined;
    const wanted = policy.store ?? (builtin ? defaultStore(directory) : undefined);
    const sealing = wanted !== undefined || keyed ? createSealing(sealingKeys(directory, environment)) : undefined;
    const store = wanted === undefined ? undefined : await openStore(wanted, policy.store === undefined ? process.cwd() : folder);
    const service = new IdentityService(options, store, sealing);
    try {
      await service.#begin(options.policy, options.plan);
    } catch (fault) {
      await service.close();
      throw fault;
    }
    return service;
  }

  get keys(): Jwks | undefined {
    return this.#identity?.jwks ?? this.#keys.current;
  }

  get revocations(): readonly Revocation[] {
    return this.#feed?.current() ?? [];
  }

  /** A changed policy. The old issuer answers until the new one can. */
  async follow(policy: Policy, plan: Plan): Promise<void> {
    const before = this.#identity;
    await this.#serve(policy, plan);
    if (before !== this.#identity) await before?.close();
  }

  askAgain(): void {
    this.#keys.askAgain();
  }

  seen(generations: readonly SeenGeneration[]): void {
    this.#identity?.seen(generations);
  }

  async close(): Promise<void> {
    this.#feed?.close();
    this.#keys.close();
    await this.#door?.close();
    await this.#identity?.close();
    await this.store?.close();
  }

  async #begin(policy: Policy, plan: Plan): Promise<void> {
    const { onRevocations, say } = this.#options;
    if (this.store !== undefined) {
      this.#feed = followRevocations(this.store.db, Date.now, onRevocations, say);
      await this.#feed.look();
    }
    await this.#serve(policy, plan);
  }

  async #serve(policy: Policy, plan: Plan): Promise<void> {
    const { directory, environment, folder, onKeys, say } = this.#options;
    if (policy.identity?.issuer !== "builtin" || plan.identity === undefined) {
      this.#identity = undefined;
      this.#keys.follow(plan.identity);
      return;
    }
    if (this.store === undefined || this.sealing === undefined) throw new Error("the built-in issuer needs a store, and there was none at the start: start the program again");
    this.#identity = await openIdentity({ policy, plan: plan.identity, store: this.store, sealing: this.sealing, folder, directory, environment, onKeys, onTrouble: say });
    this.#keys.follow(undefined);
    this.#door ??= await openIssuerDoor(issuerSocket(), () => (this.#identity as Identity).issuer, say);
  }
}
