import type { Grant, Impersonation, ImpersonationWish } from "@portcullis/guard/state";
import type { Switch } from "@portcullis/guard/policy";
import { Impersonating } from "../admin/impersonations/impersonating.ts";
import type { ImpersonationAnswer } from "../gate/ask-impersonations.ts";
import type { DatabaseStore } from "../store/database-store.ts";
import { FollowedRows } from "./followed-rows.ts";
import { SwitchFeed } from "./switch-feed.ts";

/** Who is told of what the store permits, whenever it has changed. */
export interface OnPermissions {
  readonly onGrants: (grants: readonly Grant[]) => void;
  readonly onImpersonations: (sessions: readonly Impersonation[]) => void;
  /** Modes that were set while the program runs. */
  readonly onSwitches: (switches: readonly Switch[]) => void;
  /** What time it is, by the clock that the threads judge by. */
  readonly nowMs: () => number;
}

const noteEveryMs = 1000;

/**
 * What people have let others use, who acts in whose name, and which modes are set over those of the
 * policy, as the store has it.
 */
export class FollowedPermissions {
  readonly #store: DatabaseStore;
  readonly #on: OnPermissions;
  readonly #grants: FollowedRows<Grant>;
  readonly #switches: SwitchFeed;
  readonly #impersonating: Impersonating;
  #impersonations: FollowedRows<Impersonation> | undefined;
  #noting: NodeJS.Timeout | undefined;

  constructor(store: DatabaseStore, on: OnPermissions) {
    this.#store = store;
    this.#on = on;
    this.#impersonating = new Impersonating(store, "time");
    this.#grants = new FollowedRows<Grant>(
      { mark: () => store.grants.mark(), active: grantsOf(store) },
      on.onGrants,
    );
    const { nowMs, onSwitches } = on;
    this.#switches = new SwitchFeed({ table: store.switches, onSwitches, now: nowMs });
  }

  get grants(): readonly Grant[] {
    return this.#grants.current;
  }

  get switches(): readonly Switch[] {
    return this.#switches.current;
  }

  get impersonations(): readonly Impersonation[] {
    return this.#impersonations?.current ?? [];
  }

  /** Reads everything now. @param acts whether the policy lets anybody act for others */
  async look(acts: boolean): Promise<void> {
    if (acts) this.#followImpersonations();
    await Promise.all([this.#grants.look(), this.#switches.look(), this.#impersonations?.look()]);
  }

  /** @returns undefined where the store cannot tell */
  impersonate(wish: ImpersonationWish): Promise<ImpersonationAnswer> {
    return this.#impersonating.begin(wish).catch(() => undefined);
  }

  close(): void {
    this.#grants.close();
    this.#switches.close();
    this.#impersonations?.close();
    clearInterval(this.#noting);
  }

  /** Once begun, it is followed to the end: sessions may outlive the policy that let them begin. */
  #followImpersonations(): void {
    if (this.#impersonations !== undefined) return;
    const { nowMs, onImpersonations } = this.#on;
    this.#impersonations = new FollowedRows<Impersonation>(
      this.#store.impersonations,
      onImpersonations,
    );
    const note = (): void => void this.#impersonating.endOver(nowMs()).catch(() => undefined);
    note();
    this.#noting = setInterval(note, noteEveryMs);
    this.#noting.unref();
  }
}

/** What a thread is told of them: not why, and not by whom. */
const grantsOf =
  ({ grants }: DatabaseStore) =>
  async (nowMs: number, most: number): Promise<readonly Grant[]> =>
    (await grants.active(nowMs, most)).map(({ from, kind, methods, object, to, untilMs }) => {
      return { from, kind, methods, object, to, untilMs };
    });
