import type {
  AppSessionRecord,
  AppSessionTable,
  SessionFilter,
  SessionProgress,
} from "@portcullis/identity/store";
import type { ExpressionBuilder, Kysely, Selectable } from "kysely";
import type { Schema } from "../schema.ts";

/** The table `app_sessions`. */
export class AppSessionRows implements AppSessionTable {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  async begin(session: Omit<AppSessionRecord, "usedAtMs">): Promise<void> {
    await this.#db
      .insertInto("app_sessions")
      .values({
        id: session.id,
        grant_ref: session.grantRef,
        account_id: session.accountId,
        client_id: session.clientId,
        device_id: session.deviceId ?? null,
        epoch: session.epoch,
        label: session.label,
        network: session.network,
        ends_at: session.endsAtMs ?? null,
        confirmed_generation: 0,
        spent_generation: null,
        spent_at: null,
        created_at: session.createdAtMs,
        used_at: session.createdAtMs,
        ended_at: null,
        ended_because: null,
      })
      .onConflict((conflict) => conflict.column("id").doNothing())
      .execute();
  }

  async openOf(accountId: string, nowMs: number): Promise<readonly AppSessionRecord[]> {
    const rows = await this.#db
      .selectFrom("app_sessions")
      .innerJoin("accounts", (join) =>
        join
          .onRef("accounts.id", "=", "app_sessions.account_id")
          .onRef("accounts.epoch", "=", "app_sessions.epoch"),
      )
      .selectAll("app_sessions")
      .where("account_id", "=", accountId)
      .where("ended_at", "is", null)
      .where((eb) => eb.or([eb("ends_at", "is", null), eb("ends_at", ">", nowMs)]))
      .orderBy("used_at", "desc")
      .execute();
    return rows.map(recordOf);
  }

  async progressOf(grantRef: string): Promise<SessionProgress | undefined> {
    const row = await this.#db
      .selectFrom("app_sessions")
      .select(["confirmed_generation", "ended_at", "spent_at"])
      .where("grant_ref", "=", grantRef)
      .executeTakeFirst();
    return row === undefined
      ? undefined
      : {
          hasEnded: row.ended_at !== null,
          confirmedGeneration: row.confirmed_generation,
          spentAtMs: row.spent_at ?? undefined,
        };
  }

  async noteUse(
    grantRef: string,
    generation: number,
    atMs: number,
    endsAtMs: number | undefined,
  ): Promise<void> {
    await this.#db
      .updateTable("app_sessions")
      .set((eb) => ({
        used_at: atMs,
        ...(endsAtMs === undefined ? {} : { ends_at: endsAtMs }),
        confirmed_generation: eb
          .case()
          .when("confirmed_generation", "<", generation)
          .then(generation)
          .else(eb.ref("confirmed_generation"))
          .end(),
        spent_at: eb
          .case()
          .when(isNewlySpent(eb, generation))
          .then(atMs)
          .else(eb.ref("spent_at"))
          .end(),
        spent_generation: eb
          .case()
          .when(isNewlySpent(eb, generation))
          .then(generation)
          .else(eb.ref("spent_generation"))
          .end(),
      }))
      .where("grant_ref", "=", grantRef)
      .execute();
  }

  async confirm(id: string, generation: number): Promise<void> {
    await this.#db
      .updateTable("app_sessions")
      .set({ confirmed_generation: generation })
      .where("id", "=", id)
      .where("confirmed_generation", "<", generation)
      .execute();
  }

  async endOfGrant(
    grantRef: string,
    because: string,
    atMs: number,
  ): Promise<AppSessionRecord | undefined> {
    const row = await this.#db
      .updateTable("app_sessions")
      .set({ ended_at: atMs, ended_because: because })
      .where("grant_ref", "=", grantRef)
      .where("ended_at", "is", null)
      .returningAll()
      .executeTakeFirst();
    return row === undefined ? undefined : recordOf(row);
  }

  async removeEnded(endedBeforeMs: number, usedBeforeMs: number, most: number): Promise<number> {
    const { numDeletedRows } = await this.#db
      .deleteFrom("app_sessions")
      .where("id", "in", (eb) =>
        eb
          .selectFrom("app_sessions")
          .select("id")
          .where((one) =>
            one.or([one("ended_at", "<", endedBeforeMs), one("used_at", "<", usedBeforeMs)]),
          )
          .limit(most),
      )
      .executeTakeFirst();
    return Number(numDeletedRows);
  }

  async end(
    { accountId, clientId, deviceId, id }: SessionFilter,
    because: string,
    atMs: number,
  ): Promise<readonly Pick<AppSessionRecord, "id" | "grantRef">[]> {
    let query = this.#db
      .updateTable("app_sessions")
      .set({ ended_at: atMs, ended_because: because })
      .where("ended_at", "is", null);
    if (id !== undefined) query = query.where("id", "=", id);
    if (accountId !== undefined) query = query.where("account_id", "=", accountId);
    if (clientId !== undefined) query = query.where("client_id", "=", clientId);
    if (deviceId !== undefined) query = query.where("device_id", "=", deviceId);
    const rows = await query.returning(["id", "grant_ref"]).execute();
    return rows.map((row) => ({ id: row.id, grantRef: row.grant_ref }));
  }
}

/** Answered for the first time: asking again for a lost answer does not move its moment. */
const isNewlySpent = (eb: ExpressionBuilder<Schema, "app_sessions">, generation: number) =>
  eb.or([eb("spent_generation", "is", null), eb("spent_generation", "<", generation)]);

function recordOf(row: Selectable<Schema["app_sessions"]>): AppSessionRecord {
  return {
    id: row.id,
    grantRef: row.grant_ref,
    accountId: row.account_id,
    clientId: row.client_id,
    deviceId: row.device_id ?? undefined,
    epoch: row.epoch,
    label: row.label,
    network: row.network,
    createdAtMs: row.created_at,
    endsAtMs: row.ends_at ?? undefined,
    usedAtMs: row.used_at,
  };
}
