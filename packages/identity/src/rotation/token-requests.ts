import type { KoaContextWithOIDC } from "oidc-provider";
import { networkOf } from "@portcullis/guard/tokens";
import { appWords } from "../names/device-words.ts";
import type { Tables } from "../store/store.ts";
import { beginSession } from "./begin-session.ts";
import { commit, type CommitOptions, ProofReplayed, SpentMeanwhile } from "./commit.ts";
import { epochUnder } from "./epochs.ts";
import { isFresh } from "./judgement.ts";
import { openReceipt, type Receipt, sealReceipt } from "./receipt.ts";
import { currentWork, type Presented, UnitOfWork } from "./unit-of-work.ts";

type Context = Pick<KoaContextWithOIDC, "body" | "status" | "oidc" | "set" | "get" | "ip">;

/**
 * Middleware around every request to the provider: nothing is written while the provider works, and
 * everything in one transaction before its answer is sent. A crash before that leaves the store as
 * it was; an answer that is sent is durable.
 */
export function inOneTransaction(
  options: CommitOptions,
): (context: Context, next: () => Promise<unknown>) => Promise<void> {
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
  const given =
    presented !== undefined && context.status === 200 && typeof context.body === "object"
      ? (context.body as Receipt["body"])
      : undefined;
  // An answer that is a refusal must not spend what was presented: there is no successor that
  // anybody could have received.
  const kept = given === undefined ? withoutSuccessors(work) : work;
  try {
    if (presented === undefined || given === undefined) return await commit(kept, options);
    const earlier = await freshReceipt(presented, options);
    if (earlier !== undefined) return await answerAgain(context, work, earlier, options);
    await commit(work, options, async (tables) => {
      await noteAnswer(context, work, presented, given, tables, options);
      await keepAnswer(tables, presented, { body: given, keyThumbprint: keyOf(context) }, options);
    });
  } catch (fault) {
    if (fault instanceof ProofReplayed)
      return refuse(context, 400, "invalid_dpop_proof", "the proof was used before");
    if (!(fault instanceof SpentMeanwhile) || presented === undefined) throw fault;
    await answerOvertaken(context, work, presented, options);
  }
}

/** The session that an answer begins or renews. */
async function noteAnswer(
  context: Context,
  work: UnitOfWork,
  { generation, grantRef, model, payload }: Presented,
  body: Receipt["body"],
  tables: Tables,
  { now }: CommitOptions,
): Promise<void> {
  const nowMs = now();
  const endsAtMs = endOf(work) ?? nowMs + Number(body["expires_in"] ?? 0) * 1000;
  // Whoever presents a generation has received it.
  if (model === "RefreshToken")
    return tables.appSessions.noteUse(grantRef, generation, nowMs, endsAtMs);
  const { accountId, acr, clientId, grantId } = payload as SignedInFacts;
  if (accountId === undefined || clientId === undefined || grantId === undefined) return;
  const epoch = await epochUnder(work, accountId, tables);
  if (epoch === undefined) return;
  const session = {
    grantId,
    accountId,
    clientId,
    epoch,
    keyThumbprint: keyOf(context),
    isMfa: acr === "mfa",
    label: appWords(context.get("Portcullis-App"), context.get("User-Agent")),
    network: networkOf(context.ip),
    endsAtMs,
  };
  await beginSession(tables, session, nowMs);
}

/** What a code says of its sign-in. */
interface SignedInFacts {
  readonly accountId?: string;
  readonly acr?: string;
  readonly clientId?: string;
  readonly grantId?: string;
}

/** When the refresh token ends that is given; undefined where none is. */
function endOf({ writes }: UnitOfWork): number | undefined {
  for (const write of writes)
    if (write.do === "put" && write.model === "RefreshToken") return write.expiresAtMs;
  return undefined;
}

/** Another request has spent the same token meanwhile: its answer is this one's too. */
async function answerOvertaken(
  context: Context,
  work: UnitOfWork,
  presented: Presented,
  options: CommitOptions,
): Promise<void> {
  const winner = await freshReceipt(presented, options);
  if (winner !== undefined) return answerAgain(context, work, winner, options);
  if (presented.model === "AuthorizationCode")
    return refuse(context, 400, "invalid_grant", "grant request is invalid");
  context.set("Retry-After", "1");
  refuse(
    context,
    503,
    "temporarily_unavailable",
    "the same session is being renewed by another request",
  );
}

/**
 * Who asks with the same token, proved with the same key, gets the same answer. Its own proof is
 * spent all the same.
 */
async function answerAgain(
  context: Context,
  work: UnitOfWork,
  { body, keyThumbprint }: Receipt,
  options: CommitOptions,
): Promise<void> {
  const proofs = new UnitOfWork();
  proofs.writes.push(
    ...work.writes.filter((write) => write.do === "put" && write.model === "ReplayDetection"),
  );
  await commit(proofs, options);
  if (keyThumbprint === keyOf(context)) {
    context.body = body;
    return;
  }
  // Somebody else has the code, and the verifier with it: what the code gave is not safe with
  // whoever has it (RFC 6749 section 4.1.2).
  if (work.presented?.model === "AuthorizationCode") await endFamily(work.presented, options);
  refuse(context, 400, "invalid_grant", "grant request is invalid");
}

async function endFamily(presented: Presented, options: CommitOptions): Promise<void> {
  const ending = new UnitOfWork();
  ending.presented = presented;
  for (const model of ["RefreshToken", "AuthorizationCode", "Grant"])
    ending.writes.push({ do: "end", model, grantRef: presented.grantRef });
  await commit(ending, options);
}

async function freshReceipt(
  { recordId, token }: Presented,
  { now, receiptMs, store }: CommitOptions,
): Promise<Receipt | undefined> {
  const kept = await store.rotationReceipts.find(recordId);
  return kept !== undefined && isFresh(kept.writtenAtMs, now(), receiptMs)
    ? openReceipt(kept.sealed, token)
    : undefined;
}

async function keepAnswer(
  { rotationReceipts }: Tables,
  { generation, grantRef, model, recordId, token }: Presented,
  receipt: Receipt,
  { now, receiptMs }: CommitOptions,
): Promise<void> {
  // A code that is bound to no key is not answered again: the second request may be a thief's, and
  // there is no key by which to tell.
  if (model === "AuthorizationCode" && receipt.keyThumbprint === undefined) return;
  const nowMs = now();
  await rotationReceipts.put({
    tokenId: recordId,
    grantRef,
    generation,
    sealed: sealReceipt(receipt, token),
    writtenAtMs: nowMs,
    expiresAtMs: nowMs + receiptMs,
  });
}

function withoutSuccessors(work: UnitOfWork): UnitOfWork {
  const { presented } = work;
  if (presented?.model !== "RefreshToken") return work;
  const kept = new UnitOfWork();
  kept.presented = presented;
  kept.reuse = work.reuse;
  kept.writes.push(
    ...work.writes.filter(
      (write) => write.do !== "spend" && !(write.do === "put" && write.model === "RefreshToken"),
    ),
  );
  return kept;
}

const keyOf = ({ oidc }: Context): string | undefined => {
  const { AccessToken: token } = oidc.entities as {
    AccessToken?: { jkt?: string; "x5t#S256"?: string };
  };
  return token?.jkt ?? token?.["x5t#S256"];
};

function refuse(context: Context, status: number, error: string, description: string): void {
  context.status = status;
  context.body = { error, error_description: description };
}
