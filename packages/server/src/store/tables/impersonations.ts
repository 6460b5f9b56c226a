import { createHash } from "node:crypto";
import type { Impersonation } from "@portcullis/guard/state";
import type { Kysely, Selectable } from "kysely";
import type { Schema } from "../schema.ts";

/** A session as it is kept, with its end where somebody has noted one. */
export interface ImpersonationRecord extends Impersonation {
  readonly endedAtMs: number | undefined;
  /** Who has ended it: `time`, or an administrator. */
  readonly endedBy: string | undefined;
}

type Named = Pick<Impersonation, "actor" | "reason" | "subject">;

/** What ends by itself has ended by this. */
export const endedByTime = "time";

const digestOf = ({ actor, reason, subject }: Named): string =>
  createHash("sha256")
    .update(JSON.stringify([actor, subject, reason]))
    .digest("base64url");

/** The table `impersonations`. */
export class ImpersonationRows {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  /** @returns false where the same is there already, begun by another node at this moment */
  async add(session: Impersonation): Promise<boolean> {
    const added = await this.#db
      .insertInto("impersonations")
      .values({
        id: session.id,
        digest: digestOf(session),
        actor_key: session.actor,
        subject_key: session.subject,
        reason: session.reason,
        roles: session.roles === undefined ? null : JSON.stringify(session.roles),
        tier: session.tier ?? null,
        account_version: session.accountVersion ?? null,
        begun_at: session.begunAtMs,
        ends_at: session.untilMs,
        ended_at: null,
        ended_by: null,
      })
      .onConflict((conflict) => conflict.column("digest").doNothing())
      .returning("id")
      .executeTakeFirst();
    return added !== undefined;
  }

  /** The one of these two people for this reason, whether it is over or not. */
  async of(named: Named): Promise<ImpersonationRecord | undefined> {
    const row = await this.#db
      .selectFrom("impersonations")
      .selectAll()
      .where("digest", "=", digestOf(named))
      .executeTakeFirst();
    return row === undefined ? undefined : recordOf(row);
  }

  /** How many somebody has begun since. */
  async begunSince(actor: string, atMs: number): Promise<number> {
    const { count } = await this.#db
      .selectFrom("impersonations")
      .select(({ fn }) => fn.countAll<number | string>().as("count"))
      .where("actor_key", "=", actor)
      .where("begun_at", ">", atMs)
      .executeTakeFirstOrThrow();
    return Number(count);
  }

  /** Whether somebody, and not the time, has ended one of these two people since. */
  async wasTakenBack(actor: string, subject: string, atMs: number): Promise<boolean> {
    const row = await this.#db
      .selectFrom("impersonations")
      .select("id")
      .where("actor_key", "=", actor)
      .where("subject_key", "=", subject)
      .where("ended_at", ">", atMs)
      .where("ended_by", "!=", endedByTime)
      .limit(1)
      .executeTakeFirst();
    return row !== undefined;
  }

  /** Those that are not over, the newest first. */
  async active(nowMs: number, most: number): Promise<readonly ImpersonationRecord[]> {
    const rows = await this.#db
      .selectFrom("impersonations")
      .selectAll()
      .where("ended_at", "is", null)
      .where("ends_at", ">", nowMs)
      .orderBy("begun_at", "desc")
      .orderBy("id")
      .limit(most)
      .execute();
    return rows.map(recordOf);
  }

  /** Those whose time has passed, and whose end nobody has noted. */
  async over(nowMs: number, most: number): Promise<readonly ImpersonationRecord[]> {
    const rows = await this.#db
      .selectFrom("impersonations")
      .selectAll()
      .where("ended_at", "is", null)
      .where("ends_at", "<=", nowMs)
      .limit(most)
      .execute();
    return rows.map(recordOf);
  }

  /** Differs after every beginning and every end. */
  async mark(): Promise<string> {
    const { count, ended, last, lastEnd } = await this.#db
      .selectFrom("impersonations")
      .select(({ fn }) => [
        fn.countAll<number>().as("count"),
        fn.max("id").as("last"),
        fn.count<number>("ended_at").as("ended"),
        fn.max("ended_at").as("lastEnd"),
      ])
      .executeTakeFirstOrThrow();
    return `${count} ${last ?? ""} ${ended} ${lastEnd ?? ""}`;
  }

  /** Of several who would end one at once, one does. @returns undefined where it has ended */
  async end(id: string, atMs: number, by: string): Promise<ImpersonationRecord | undefined> {
    const row = await this.#db
      .updateTable("impersonations")
      .set({ ended_at: atMs, ended_by: by })
      .where("id", "=", id)
      .where("ended_at", "is", null)
      .returningAll()
      .executeTakeFirst();
    return row === undefined ? undefined : recordOf(row);
  }

  async remove(id: string): Promise<void> {
    await this.#db.deleteFrom("impersonations").where("id", "=", id).execute();
  }

  async removeEndedBefore(atMs: number): Promise<void> {
    await this.#db.deleteFrom("impersonations").where("ended_at", "<=", atMs).execute();
  }
}

const recordOf = (row: Selectable<Schema["impersonations"]>): ImpersonationRecord => ({
  id: row.id,
  actor: row.actor_key,
  subject: row.subject_key,
  reason: row.reason,
  roles: row.roles === null ? undefined : (JSON.parse(row.roles) as readonly string[]),
  tier: row.tier ?? undefined,
  accountVersion: row.account_version ?? undefined,
  begunAtMs: row.begun_at,
  untilMs: row.ends_at,
  endedAtMs: row.ended_at ?? undefined,
  endedBy: row.ended_by ?? undefined,
});
