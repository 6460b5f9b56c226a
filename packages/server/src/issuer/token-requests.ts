import type { Transaction } from "kysely";
import type { KoaContextWithOIDC } from "oidc-provider";
import type { Tables } from "../store/tables.ts";
import { commit, type CommitOptions, ProofReplayed, SpentMeanwhile } from "./commit.ts";
import { openReceipt, type Receipt, sealReceipt } from "./rotation.ts";
import { currentWork, type Presented, UnitOfWork } from "./unit-of-work.ts";

type Context = Pick<KoaContextWithOIDC, "body" | "status" | "oidc" | "set">;

/**
 * Stands around every request to the provider: nothing is written while it works, everything is written before its answer
 * leaves. A crash between the two leaves the world as it was; an answer that is sent was made durable.
 */
export function inOneTransaction(options: CommitOptions): (context: Context, next: () => Promise<unknown>) => Promise<void> {
  return async (context, next) => {
    const work = new UnitOfWork();
    await currentWork.run(work, async () => {
      await next();
      await finish(context, work, options);
    });
  };
}

async function finish(context: Context, work: UnitOfWork, options: CommitOptions): Promise<void> {
  const { presented } = work;
  const given = presented !== undefined && context.status === 200 && typeof context.body === "object" ? (context.body as Receipt["body"]) : undefined;
  // An answer that is a refusal must not spend what was presented: there is no successor that anybody could have received.
  const kept = given === undefined ? withoutSuccessors(work) : work;
  try {
    if (presented === undefined || given === undefined) return await commit(kept, options);
    const earlier = await freshReceipt(presented, options);
    if (earlier !== undefined) return await answerAgain(context, work, earlier, options);
    await commit(work, options, (transaction) => keepAnswer(transaction, presented, { body: given, keyThumbprint: keyOf(context) }, options));
  } catch (fault) {
    if (fault instanceof ProofReplayed) return refuse(context, 400, "invalid_dpop_proof", "the proof was used before");
    if (!(fault instanceof SpentMeanwhile) || presented === undefined) throw fault;
    const winner = await freshReceipt(presented, options);
    if (winner !== undefined) return await answerAgain(context, work, winner, options);
    if (presented.model === "AuthorizationCode") return refuse(context, 400, "invalid_grant", "grant request is invalid");
    context.set("Retry-After", "1");
    return refuse(context, 503, "temporarily_unavailable", "the same session is being renewed by another request");
  }
}

/** Who asks with the same token, proved with the same key, gets the same answer. Its own proof is spent all the same. */
async function answerAgain(context: Context, work: UnitOfWork, { body, keyThumbprint }: Receipt, options: CommitOptions): Promise<void> {
  const proofs = new UnitOfWork();
  proofs.writes.push(...work.writes.filter((write) => write.do === "put" && write.model === "ReplayDetection"));
  await commit(proofs, options);
  if (keyThumbprint === keyOf(context)) {
    context.body = body;
    return;
  }
  // Somebody else has the code, and the verifier with it: what the code gave is not safe with whoever has it (RFC 6749 section 4.1.2).
  if (work.presented?.model === "AuthorizationCode") await endFamily(work.presented, options);
  refuse(context, 400, "invalid_grant", "grant request is invalid");
}

async function endFamily(presented: Presented, options: CommitOptions): Promise<void> {
  const ending = new UnitOfWork();
  ending.presented = presented;
  for (const model of ["RefreshToken", "AuthorizationCode", "Grant"]) ending.writes.push({ do: "end", model, grantRef: presented.grantRef });
  await commit(ending, options);
}

async function freshReceipt({ rowId, token }: Presented, { db, now, receiptMs }: CommitOptions): Promise<Receipt | undefined> {
  const row = await db.selectFrom("rotation_receipts").select(["sealed", "written_at"]).where("token_id", "=", rowId).executeTakeFirst();
  return row === undefined || row.written_at <= now() - receiptMs ? undefined : openReceipt(row.sealed, token);
}

async function keepAnswer(transaction: Transaction<Tables>, { generation, grantRef, model, rowId, token }: Presented, receipt: Receipt, { now, receiptMs }: CommitOptions): Promise<void> {
  // An unbound code that comes twice is a stolen one: there is no key by which to tell.
  if (model === "AuthorizationCode" && receipt.keyThumbprint === undefined) return;
  const at = now();
  const row = { token_id: rowId, grant_ref: grantRef, generation, sealed: sealReceipt(receipt, token), written_at: at, expires_at: at + receiptMs };
  await transaction.insertInto("rotation_receipts").values(row).onConflict((conflict) => conflict.column("token_id").doUpdateSet({ sealed: row.sealed, written_at: at, expires_at: row.expires_at })).execute();
  if (model !== "RefreshToken") return;
  // Whoever presents a generation has received it.
  await transaction.updateTable("app_sessions").set((eb) => ({ used_at: at, confirmed_generation: eb.case().when("confirmed_generation", "<", generation).then(generation).else(eb.ref("confirmed_generation")).end() })).where("grant_ref", "=", grantRef).execute();
}

function withoutSuccessors(work: UnitOfWork): UnitOfWork {
  const { presented } = work;
  if (presented?.model !== "RefreshToken") return work;
  const kept = new UnitOfWork();
  kept.presented = presented;
  kept.reuse = work.reuse;
  kept.writes.push(...work.writes.filter((write) => write.do !== "spend" && !(write.do === "put" && write.model === "RefreshToken")));
  return kept;
}

const keyOf = ({ oidc }: Context): string | undefined => {
  const { AccessToken: token } = oidc.entities as { AccessToken?: { jkt?: string; "x5t#S256"?: string } };
  return token?.jkt ?? token?.["x5t#S256"];
};

function refuse(context: Context, status: number, error: string, description: string): void {
  context.status = status;
  context.body = { error, error_description: description };
}
