import type { Transaction } from "kysely";
import type { Database } from "../store/open-store.ts";
import type { Sealing } from "../store/sealing.ts";
import type { Tables } from "../store/tables.ts";
import { deviceIdOf, grantRef, recordId, sessionIdOf } from "./record-names.ts";
import { sealRecord } from "./sealed-record.ts";
import type { UnitOfWork, Write } from "./unit-of-work.ts";

export interface CommitOptions {
  readonly db: Database;
  readonly sealing: Sealing;
  readonly now: () => number;
  readonly receiptMs: number;
  /** An app's session has ended: its access tokens must not be believed any longer. */
  readonly onSessionEnded: (transaction: Transaction<Tables>, session: EndedSession) => Promise<void>;
}

export interface EndedSession {
  readonly sessionId: string;
  readonly accountId: string;
  readonly clientId: string;
  readonly because: "refresh-reuse" | "code-reuse" | "signed-out";
}

/** What was to be spent was spent meanwhile by another request: nothing of this one is done. */
export class SpentMeanwhile extends Error {}
/** A proof of possession that was used before. */
export class ProofReplayed extends Error {}

/** Does everything the request wants changed, or nothing. */
export async function commit(work: UnitOfWork, options: CommitOptions, and?: (transaction: Transaction<Tables>) => Promise<void>): Promise<void> {
  if (work.writes.length === 0 && and === undefined) return;
  await options.db.transaction().execute(async (transaction) => {
    // What can fail comes first: less to undo, and two that race meet at the same row in the same order.
    for (const write of work.writes) if (write.do === "spend") await spend(write, transaction, options);
    for (const write of work.writes) if (write.do !== "spend") await apply(write, work, transaction, options);
    await and?.(transaction);
  });
}

async function spend({ id, model }: Extract<Write, { do: "spend" }>, transaction: Transaction<Tables>, { now }: CommitOptions): Promise<void> {
  const { numUpdatedRows } = await transaction.updateTable("oidc_records").set({ consumed_at: now() }).where("model", "=", model).where("id", "=", id).where("consumed_at", "is", null).executeTakeFirst();
  if (numUpdatedRows !== 1n) throw new SpentMeanwhile(model);
}

async function apply(write: Exclude<Write, { do: "spend" }>, work: UnitOfWork, transaction: Transaction<Tables>, options: CommitOptions): Promise<void> {
  const { now } = options;
  switch (write.do) {
    case "put":
      await put(write, transaction, options);
      return;
    case "remove":
      await transaction.deleteFrom("oidc_records").where("model", "=", write.model).where("id", "=", write.id).execute();
      return;
    case "end": {
      const { grantRef: ref } = write;
      await transaction.deleteFrom("oidc_records").where("model", "=", write.model).where("grant_ref", "=", ref).execute();
      if (write.model !== "RefreshToken") return;
      await transaction.deleteFrom("rotation_receipts").where("grant_ref", "=", ref).execute();
      const because = work.reuse === undefined ? (work.presented?.model === "AuthorizationCode" ? "code-reuse" : "signed-out") : "refresh-reuse";
      const session = await transaction.updateTable("app_sessions").set({ ended_at: now(), ended_because: because }).where("grant_ref", "=", ref).where("ended_at", "is", null).returningAll().executeTakeFirst();
      if (session !== undefined) await options.onSessionEnded(transaction, { sessionId: session.id, accountId: session.account_id, clientId: session.client_id, because });
      return;
    }
    default:
  }
}

async function put({ expiresAtMs, id, model, payload }: Extract<Write, { do: "put" }>, transaction: Transaction<Tables>, { now, sealing }: CommitOptions): Promise<void> {
  const rowId = recordId(model, id);
  const grantId = model === "Grant" ? id : payload.grantId;
  const generation = model === "RefreshToken" ? ((payload as { rotations?: number }).rotations ?? 0) : null;
  const row: Tables["oidc_records"] = {
    model,
    id: rowId,
    grant_ref: grantId === undefined ? null : grantRef(grantId),
    account_ref: payload.accountId === undefined ? null : recordId("account", payload.accountId),
    uid_ref: payload.uid === undefined ? null : recordId("uid", payload.uid),
    sealed: sealRecord(model, rowId, payload, sealing),
    generation,
    consumed_at: null,
    expires_at: expiresAtMs,
  };
  const insert = transaction.insertInto("oidc_records").values(row);
  if (model === "ReplayDetection") {
    const { numInsertedOrUpdatedRows } = await insert.onConflict((conflict) => conflict.columns(["model", "id"]).doUpdateSet({ expires_at: row.expires_at }).where("oidc_records.expires_at", "<=", now())).executeTakeFirst();
    if (numInsertedOrUpdatedRows !== 1n) throw new ProofReplayed();
    return;
  }
  const { account_ref, expires_at, grant_ref, sealed, uid_ref } = row;
  await insert.onConflict((conflict) => conflict.columns(["model", "id"]).doUpdateSet({ account_ref, expires_at, grant_ref, sealed, uid_ref, generation })).execute();
  if (generation === 0 && grantId !== undefined) await beginSession(grantId, payload, transaction, now());
}

/** The first refresh token of a sign-in: from here on the app has a session that its owner can see and end. */
async function beginSession(grantId: string, { accountId, acr, clientId, jkt }: { accountId?: string | undefined; acr?: string | undefined; clientId?: string | undefined; jkt?: string | undefined }, transaction: Transaction<Tables>, now: number): Promise<void> {
  if (accountId === undefined || clientId === undefined) return;
  const deviceId = jkt === undefined ? null : deviceIdOf(jkt);
  await transaction
    .insertInto("app_sessions")
    .values({ id: sessionIdOf(grantId), grant_ref: grantRef(grantId), account_id: accountId, client_id: clientId, device_id: deviceId, confirmed_generation: 0, created_at: now, used_at: now, ended_at: null, ended_because: null })
    .onConflict((conflict) => conflict.column("id").doNothing())
    .execute();
  if (deviceId === null) return;
  await transaction
    .insertInto("devices")
    .values({ account_id: accountId, id: deviceId, client_id: clientId, label: clientId, first_seen_at: now, last_seen_at: now, trusted_at: acr === "mfa" ? now : null, removed_at: null })
    .onConflict((conflict) => conflict.columns(["account_id", "id"]).doUpdateSet({ last_seen_at: now, removed_at: null, ...(acr === "mfa" ? { trusted_at: now } : {}) }))
    .execute();
}
