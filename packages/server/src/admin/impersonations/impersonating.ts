import { randomBytes } from "node:crypto";
import { audit } from "@portcullis/identity/audit";
import type { Impersonation, ImpersonationWish, NotBegun } from "@portcullis/guard/state";
import type { DatabaseStore } from "../../store/database-store.ts";
import { endedByTime, type ImpersonationRecord } from "../../store/tables/impersonations.ts";

type Tables = Parameters<Parameters<DatabaseStore["inTransaction"]>[0]>[0];

const dayMs = 86_400_000;
const forgetEveryMs = 3_600_000;
const mostShown = 10_000;
const mostAtOnce = 500;

/** Who acts in whose name: sessions begin and end here, each with its entry in the audit. */
export class Impersonating {
  readonly #store: DatabaseStore;
  readonly #actor: string;
  #forgotAt = 0;

  /** @param actor who ends sessions, as the audit names them */
  constructor(store: DatabaseStore, actor: string) {
    this.#store = store;
    this.#actor = actor;
  }

  /**
   * Finds the session of these two people for this reason, or begins it. One that is over does not
   * begin again within a day, and whom an administrator has stopped begins none for that person.
   */
  begin(wish: ImpersonationWish): Promise<Impersonation | NotBegun> {
    return this.#store.inTransaction((tables) => begin(tables, wish));
  }

  list(nowMs: number): Promise<readonly ImpersonationRecord[]> {
    return this.#store.impersonations.active(nowMs, mostShown);
  }

  /** @returns what has ended by this; undefined where there is none, or it is over */
  end(id: string, nowMs: number): Promise<ImpersonationRecord | undefined> {
    return this.#store.inTransaction((tables) => end(tables, id, nowMs, this.#actor));
  }

  /** Notes the end of those whose time has passed, and forgets those of the day before. */
  async endOver(nowMs: number): Promise<void> {
    const { impersonations } = this.#store;
    for (const { id, untilMs } of await impersonations.over(nowMs, mostAtOnce))
      await this.#store.inTransaction((tables) => end(tables, id, untilMs, endedByTime));
    if (nowMs - this.#forgotAt < forgetEveryMs) return;
    this.#forgotAt = nowMs;
    await impersonations.removeEndedBefore(nowMs - dayMs);
  }
}

async function begin(
  { accounts, audit: auditTable, impersonations }: Tables,
  wish: ImpersonationWish,
): Promise<Impersonation | NotBegun> {
  const { account, actor, atMs, forMs, mostADay, never, reason, subject } = wish;
  const sinceMs = atMs - dayMs;
  const before = await impersonations.of(wish);
  if (before !== undefined) {
    if (before.endedAtMs === undefined && before.untilMs > atMs) return before;
    if ((before.endedAtMs ?? before.untilMs) > sinceMs) return "ended";
    await impersonations.remove(before.id);
  }
  if (await impersonations.wasTakenBack(actor, subject, sinceMs)) return "taken-back";
  if ((await impersonations.begunSince(actor, sinceMs)) >= mostADay) return "too-many";
  const person = account === undefined ? undefined : await accounts.byId(account);
  if (account !== undefined && person === undefined) return "unknown";
  if (person?.disabledAtMs !== undefined) return "disabled";
  if (person?.roles.some((role) => never.includes(role)) === true) return "staff";
  const session: Impersonation = {
    // In the order of their making, so that the last is told by its id.
    id: `${atMs.toString(36).padStart(9, "0")}-${randomBytes(6).toString("hex")}`,
    actor,
    subject,
    reason,
    roles: person?.roles ?? wish.roles,
    tier: person === undefined ? wish.tier : person.tier,
    accountVersion: person?.version,
    begunAtMs: atMs,
    untilMs: atMs + forMs,
  };
  if (!(await impersonations.add(session))) return (await impersonations.of(wish)) ?? "ended";
  await audit(auditTable, atMs, {
    actor: `caller:${actor}`,
    action: "impersonation-begun",
    about: `impersonation:${session.id}`,
    details: detailsOf(session),
  });
  return session;
}

async function end(
  { audit: auditTable, impersonations }: Tables,
  id: string,
  atMs: number,
  by: string,
): Promise<ImpersonationRecord | undefined> {
  const ended = await impersonations.end(id, atMs, by);
  if (ended !== undefined)
    await audit(auditTable, atMs, {
      actor: by,
      action: "impersonation-ended",
      about: `impersonation:${id}`,
      details: detailsOf(ended),
    });
  return ended;
}

const detailsOf = ({ actor, reason, subject, untilMs }: Impersonation) => ({
  actor,
  subject,
  reason,
  until: new Date(untilMs).toISOString(),
});
