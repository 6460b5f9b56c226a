import { randomBytes } from "node:crypto";
import type { Policy } from "../policy/program-policy.ts";
import type { PlanSummary } from "../policy/planned.ts";
import type { Jwks, Revocation } from "@portcullis/guard/tokens";
import { type Identity, openIdentity } from "@portcullis/identity/open-identity";
import { followRevocations, type RevocationFeed } from "@portcullis/identity/revocation-feed";
import type { ImpersonationAnswer } from "../gate/ask-impersonations.ts";
import type { SeenGeneration } from "../gate/settings.ts";
import { allocateLastLook, noteLook } from "../gate/last-look.ts";
import type { ImpersonationWish, LearnedEntry, SharedLearned } from "@portcullis/guard/state";
import { KeptLearned } from "../keys/kept-learned.ts";
import { IssuerKeys } from "../keys/issuer-keys.ts";
import { readSecret } from "../keys/read-secret.ts";
import { SourceKeys } from "../keys/source-keys.ts";
import type { DatabaseStore } from "../store/database-store.ts";
import { defaultStore, openStore } from "../store/open-store.ts";
import { createSealing, sealingKeys, type StoreSealing } from "../store/sealing.ts";
import { FollowedPermissions, type OnPermissions } from "./followed-permissions.ts";
import { issuerSocket, openIssuerDoor } from "./issuer-door.ts";

export interface TrustedIssuerOptions extends OnPermissions {
  readonly policy: Policy;
  readonly plan: PlanSummary;
  /** Where relative paths of the policy begin. */
  readonly folder: string;
  /** Where `.portcullis/` lies. */
  readonly directory: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly onKeys: (jwks: Jwks) => void;
  /** Keys of another source of callers, by its issuer and address. */
  readonly onSourceKeys: (keysId: string, jwks: Jwks) => void;
  readonly onRevocations: (revocations: readonly Revocation[]) => void;
  /** Why the store or the issuer's keys are lost; undefined: they have answered. */
  readonly onPart: (part: "store" | "issuer-keys", lost: string | undefined) => void;
  /** How far the clock of the issuer is ahead of the one that threads share. */
  readonly onTime: (aheadMs: number) => void;
  /** Who has signed in at the backend: what the store knows of it is put there. */
  readonly learned: SharedLearned;
  /** What a person at the terminal should know. */
  readonly say: (message: string) => void;
}

/**
 * Whose tokens the gate believes: the built-in issuer's, which runs here, or another's, whose keys
 * are fetched; and what was revoked of either.
 */
export class TrustedIssuer {
  readonly #options: TrustedIssuerOptions;
  readonly #keys: IssuerKeys;
  readonly #sourceKeys: SourceKeys;
  /** What nonces for proofs of possession are made of. */
  readonly nonceSecret: Uint8Array;
  readonly store: DatabaseStore | undefined;
  readonly sealing: StoreSealing | undefined;
  /** When it was last known what is revoked; undefined where nothing keeps revocations. */
  readonly lastLook: SharedArrayBuffer | undefined;
  #learned: KeptLearned | undefined;
  #feed: RevocationFeed | undefined;
  /** What the store permits; undefined where there is none. */
  readonly permissions: FollowedPermissions | undefined;
  #identity: Identity | undefined;
  #door: { close(): Promise<void> } | undefined;

  private constructor(
    options: TrustedIssuerOptions,
    store: DatabaseStore | undefined,
    sealing: StoreSealing | undefined,
  ) {
    this.#options = options;
    this.store = store;
    this.sealing = sealing;
    this.nonceSecret = sealing?.derive("dpop-nonce", 32) ?? randomBytes(32);
    this.permissions = store === undefined ? undefined : new FollowedPermissions(store, options);
    this.lastLook = store === undefined ? undefined : allocateLastLook();
    this.#keys = new IssuerKeys({
      onKeys: options.onKeys,
      onTime: options.onTime,
      say: options.say,
      onFetched: (lost) => options.onPart("issuer-keys", lost),
    });
    this.#sourceKeys = new SourceKeys({
      onKeys: options.onSourceKeys,
      say: options.say,
      onFetched: (lost) => options.onPart("issuer-keys", lost),
    });
  }

  /** @throws Error in words for a person */
  static async open(options: TrustedIssuerOptions): Promise<TrustedIssuer> {
    const { directory, environment, folder, plan, policy } = options;
    const builtin = policy.identity?.issuer === "builtin";
    const keyed =
      environment["PORTCULLIS_KEY"] !== undefined ||
      environment["PORTCULLIS_KEY_FILE"] !== undefined;
    // Nodes that share sessions must hash them alike.
    const sharesSessions =
      plan.state !== "memory" &&
      plan.controls.authentication?.sources.some(({ kind }) => kind === "learned") === true;
    const isKept = builtin || policy.impersonation !== undefined;
    const wanted = policy.store ?? (isKept ? defaultStore(directory) : undefined);
    const sealing =
      wanted !== undefined || keyed || sharesSessions
        ? createSealing(sealingKeys(directory, environment))
        : undefined;
    const store =
      wanted === undefined
        ? undefined
        : await openStore(wanted, policy.store === undefined ? process.cwd() : folder);
    const issuer = new TrustedIssuer(options, store, sealing);
    try {
      await issuer.#begin(options.policy, options.plan);
    } catch (fault) {
      await issuer.close();
      throw fault;
    }
    return issuer;
  }

  /** Undefined while the keys of another issuer were not obtained yet. */
  get keys(): Jwks | undefined {
    return this.#identity?.jwks ?? this.#keys.current;
  }

  get sourceKeys(): Readonly<Record<string, Jwks>> {
    return this.#sourceKeys.current;
  }

  get revocations(): readonly Revocation[] {
    return this.#feed?.current() ?? [];
  }

  /** A changed policy. The old issuer answers until the new one can. */
  async follow(policy: Policy, plan: PlanSummary): Promise<void> {
    const before = this.#identity;
    await this.#serve(policy, plan);
    if (before !== this.#identity) await before?.close();
  }

  /** Somebody would act for somebody else; undefined where nobody can tell. */
  async impersonate(wish: ImpersonationWish): Promise<ImpersonationAnswer> {
    return this.permissions?.impersonate(wish);
  }

  /** A token named a key that is not known. */
  askAgain(keysId: string | undefined): void {
    if (keysId === undefined) this.#keys.askAgain();
    else this.#sourceKeys.askAgain(keysId);
  }

  /** Somebody has signed in at the backend; undefined: it is nobody's credential any more. */
  learned(name: string, entry: LearnedEntry | undefined): void {
    this.#learned?.note(name, entry);
  }

  /** Access tokens of these generations were used at the gate. */
  seen(generations: readonly SeenGeneration[]): void {
    this.#identity?.seen(generations);
  }

  async close(): Promise<void> {
    this.#feed?.close();
    this.permissions?.close();
    this.#keys.close();
    this.#sourceKeys.close();
    await this.#door?.close();
    await this.#identity?.close();
    await this.#learned?.close();
    await this.store?.close();
  }

  async #begin(policy: Policy, plan: PlanSummary): Promise<void> {
    const { onPart, onRevocations } = this.#options;
    const { lastLook, store } = this;
    if (store !== undefined && lastLook !== undefined) {
      this.#feed = followRevocations(store.revocations, {
        now: Date.now,
        onRevocations,
        onLook: (agoMs) => {
          noteLook(lastLook, agoMs);
          onPart("store", store.lost);
        },
        onLost: (why) => onPart("store", why),
      });
      await this.#feed.look();
      if (plan.state === "memory")
        this.#learned = await KeptLearned.open(
          store.learnedCallers,
          this.#options.learned,
          Date.now,
        );
    }
    await this.#serve(policy, plan);
  }

  async #serve(policy: Policy, plan: PlanSummary): Promise<void> {
    const { authentication, binding, impersonation } = plan.controls;
    await this.permissions?.look(impersonation !== undefined);
    this.#sourceKeys.follow(authentication);
    const main = authentication?.main;
    if (main?.builtin !== true) {
      this.#identity = undefined;
      this.#keys.follow(
        main?.issuer === undefined ? undefined : { issuer: main.issuer, jwksUri: main.jwksUri },
      );
      return;
    }
    if (this.store === undefined || this.sealing === undefined)
      throw new Error(
        "the built-in issuer needs a store, and there was none at the start: start the program again",
      );
    const { directory, environment, folder, onKeys, say } = this.#options;
    this.#identity = await openIdentity({
      policy,
      plan: { issuer: main.issuer ?? "", audiences: main.audiences, ...binding },
      store: this.store,
      sealing: this.sealing,
      folder,
      directory,
      isProduction: environment["PORTCULLIS_ENV"] === "production",
      readSecret: (source, where) => readSecret(source, where, folder, environment),
      onKeys,
      onTrouble: say,
    });
    this.#keys.follow(undefined);
    this.#door ??= await openIssuerDoor(issuerSocket(), () => this.#identity as Identity, say);
  }
}
