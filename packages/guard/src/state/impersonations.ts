/** A session in which one person acts in another's name, for a while and for a reason. */
export interface Impersonation {
  readonly id: string;
  /** Who acts, and in whose name: `SOURCE/SUBJECT` where the policy tells sources apart. */
  readonly actor: string;
  readonly subject: string;
  readonly reason: string;
  readonly begunAtMs: number;
  readonly untilMs: number;
  /** What the subject had when it began; undefined where nobody could tell. */
  readonly roles: readonly string[] | undefined;
  readonly tier: string | undefined;
  /** The version of the account that it was begun for; undefined where there are none. */
  readonly accountVersion: number | undefined;
}

/** What is needed to begin one. */
export interface ImpersonationWish
  extends Pick<Impersonation, "actor" | "reason" | "roles" | "subject" | "tier"> {
  /** The account of the built-in issuer that must be there; undefined where others know people. */
  readonly account: string | undefined;
  /** Roles whose people nobody acts for. */
  readonly never: readonly string[];
  /** Milliseconds since 1970, by the clock that judges when it is over. */
  readonly atMs: number;
  readonly forMs: number;
  /** How many sessions the actor may begin within a day. */
  readonly mostADay: number;
}

/**
 * Why there is none: `ended` is over, and does not begin again for the same reason; `taken-back`:
 * an administrator has ended one of these two people; `unknown`, `disabled`, `staff`: of the
 * account; `too-many`: by the actor.
 */
export type NotBegun = "disabled" | "ended" | "staff" | "taken-back" | "too-many" | "unknown";

/** Where it is kept who acts in whose name. */
export interface ImpersonationState {
  /** A session that has begun, as far as this thread knows; whether it is over is for the asker. */
  find(asked: Pick<Impersonation, "actor" | "reason" | "subject">): Impersonation | undefined;
  /**
   * Finds the session of these two people for this reason, or begins it.
   *
   * @throws where nobody can tell just now
   */
  begin(wish: ImpersonationWish): Promise<Impersonation | NotBegun>;
}

type Named = Pick<Impersonation, "actor" | "reason" | "subject">;
const keyOf = ({ actor, reason, subject }: Named): string =>
  JSON.stringify([actor, subject, reason]);

const dayMs = 86_400_000;
const mostKept = 10_000;
/** So long one that has begun here may be missing from what was read elsewhere just before. */
const aheadMs = 1000;

/** The sessions that hold, in one thread; others begin and end them. */
export class ImpersonationTable {
  #sessions = new Map<string, Impersonation>();
  readonly #begun = new Map<string, { readonly session: Impersonation; readonly at: number }>();

  constructor(sessions: readonly Impersonation[] = []) {
    this.replace(sessions);
  }

  replace(sessions: readonly Impersonation[]): void {
    this.#sessions = new Map(sessions.map((session) => [keyOf(session), session]));
  }

  /** One that has begun just now: whoever keeps them all will say so too. */
  add(session: Impersonation): void {
    if (this.#begun.size >= mostKept) this.#begun.clear();
    this.#begun.set(keyOf(session), { session, at: performance.now() });
  }

  find(asked: Named): Impersonation | undefined {
    if (this.#sessions.size + this.#begun.size === 0) return undefined;
    const key = keyOf(asked);
    const known = this.#sessions.get(key);
    if (known !== undefined) return known;
    const begun = this.#begun.get(key);
    if (begun !== undefined && performance.now() - begun.at < aheadMs) return begun.session;
    if (begun !== undefined) this.#begun.delete(key);
    return undefined;
  }
}

/**
 * Sessions of one process that keeps nothing, such as a gate inside of an application: they end with
 * it, and no administrator sees them.
 */
export class LocalImpersonations implements ImpersonationState {
  readonly #sessions = new Map<string, Impersonation>();
  #count = 0;

  find(asked: Named): Impersonation | undefined {
    return this.#sessions.get(keyOf(asked));
  }

  async begin(wish: ImpersonationWish): Promise<Impersonation | NotBegun> {
    const { actor, atMs, forMs, mostADay, reason, roles, subject, tier } = wish;
    for (const [key, { begunAtMs }] of this.#sessions)
      if (begunAtMs < atMs - dayMs) this.#sessions.delete(key);
    const known = this.find(wish);
    if (known !== undefined) return known.untilMs > atMs ? known : "ended";
    const own = [...this.#sessions.values()].filter((one) => one.actor === actor);
    if (own.length >= mostADay || this.#sessions.size >= mostKept) return "too-many";
    this.#count += 1;
    const session: Impersonation = {
      id: `local-${this.#count}`,
      actor,
      subject,
      reason,
      begunAtMs: atMs,
      untilMs: atMs + forMs,
      roles,
      tier,
      accountVersion: undefined,
    };
    this.#sessions.set(keyOf(session), session);
    return session;
  }
}
