import { grantRef, recordId } from "../names/record-names.ts";
import type { AdapterPayload } from "oidc-provider";
import type { Sealing } from "../store/sealing.ts";
import type { Store, Tables } from "../store/store.ts";
import { epochUnder, withSessionEpoch } from "./epochs.ts";
import { withFamily } from "./family.ts";
import { sealRecord } from "./sealed-record.ts";
import type { UnitOfWork, Write, WriteOf } from "./unit-of-work.ts";

export interface CommitOptions {
  readonly store: Store;
  readonly sealing: Sealing;
  readonly now: () => number;
  readonly receiptMs: number;
  /**
   * An app's session has ended: its access tokens must not be believed any longer. Called within
   * the transaction that ends it.
   */
  readonly onSessionEnded: (tables: Tables, session: EndedSession) => Promise<void>;
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

/**
 * Does everything the request wants changed, or nothing.
 *
 * @param and what is done in the same transaction, after all else
 * @throws SpentMeanwhile @throws ProofReplayed
 */
export async function commit(
  work: UnitOfWork,
  options: CommitOptions,
  and?: (tables: Tables) => Promise<void>,
): Promise<void> {
  if (work.writes.length === 0 && and === undefined) return;
  await options.store.inTransaction(async (tables) => {
    // What can fail comes first: less to undo, and two that race meet at the same row in the same
    // order.
    for (const write of work.writes)
      if (isAdvance(write)) await put(write, work, tables, options);
      else if (write.do === "spend") await spend(write, work, tables, options);
    for (const write of work.writes)
      if (!isAdvance(write)) await apply(write, work, tables, options);
    await and?.(tables);
  });
}

const isAdvance = (write: Write): write is WriteOf<"put"> =>
  write.do === "put" && write.model === "RefreshToken";

/** What is to be spent was spent before. */
function apply(
  write: Write,
  work: UnitOfWork,
  tables: Tables,
  options: CommitOptions,
): Promise<void> {
  switch (write.do) {
    case "put":
      return put(write, work, tables, options);
    case "remove":
      return tables.oidcRecords.remove(write.model, write.id);
    case "end":
      return end(write, work, tables, options);
    case "spend":
      return Promise.resolve();
    default:
      return write;
  }
}

async function spend(
  { id, model }: WriteOf<"spend">,
  { families }: UnitOfWork,
  { oidcRecords }: Tables,
  { now }: CommitOptions,
): Promise<void> {
  // A family's live token is spent by putting the next one in its place.
  for (const { rowId } of families.values()) if (rowId === id) return;
  if (!(await oidcRecords.spend(model, id, now()))) throw new SpentMeanwhile(model);
}

async function put(
  { expiresAtMs, id, model, payload: given }: WriteOf<"put">,
  work: UnitOfWork,
  tables: Tables,
  { now, sealing }: CommitOptions,
): Promise<void> {
  const family = model === "RefreshToken" ? work.families.get(given.grantId ?? "") : undefined;
  const name = family === undefined ? recordId(model, id) : family.rowId;
  const { epoch, payload } = await underItsEpoch(model, given, work, tables);
  const grantId = model === "Grant" ? id : payload.grantId;
  const generation =
    model === "RefreshToken"
      ? ((payload as { readonly rotations?: number }).rotations ?? 0)
      : undefined;
  const record = {
    model,
    id: name,
    grantRef: grantId === undefined ? undefined : grantRef(grantId),
    accountRef:
      payload.accountId === undefined ? undefined : recordId("account", payload.accountId),
    uidRef: payload.uid === undefined ? undefined : recordId("uid", payload.uid),
    epoch,
    sealed: sealRecord(
      model,
      name,
      family === undefined ? payload : withFamily(payload, family),
      sealing,
    ),
    generation,
    expiresAtMs,
  };
  if (model === "ReplayDetection") {
    if (!(await tables.oidcRecords.putOnce(record, now()))) throw new ProofReplayed();
    return;
  }
  if (family?.from === undefined) return tables.oidcRecords.put(record);
  if (!(await tables.oidcRecords.advance(record, family.from))) throw new SpentMeanwhile(model);
}

/** The record with the epoch of the person it is about: its own, or within an interaction. */
async function underItsEpoch(
  model: string,
  payload: AdapterPayload,
  work: UnitOfWork,
  tables: Tables,
): Promise<{ readonly epoch: number | undefined; readonly payload: AdapterPayload }> {
  const { accountId, session } = payload;
  if (model !== "Interaction")
    return {
      epoch: accountId === undefined ? undefined : await epochUnder(work, accountId, tables),
      payload,
    };
  const signedIn = session?.accountId;
  const epoch = signedIn === undefined ? undefined : await epochUnder(work, signedIn, tables);
  return {
    epoch: undefined,
    payload: epoch === undefined ? payload : withSessionEpoch(payload, epoch),
  };
}

/** Takes away what a family has of one model; with its refresh tokens the session ends too. */
async function end(
  { grantRef: ref, model }: WriteOf<"end">,
  work: UnitOfWork,
  tables: Tables,
  { now, onSessionEnded }: CommitOptions,
): Promise<void> {
  await tables.oidcRecords.removeOfGrant(ref, model);
  if (model !== "RefreshToken") return;
  await tables.rotationReceipts.removeOfGrant(ref);
  const because = whyEnded(work);
  const session = await tables.appSessions.endOfGrant(ref, because, now());
  if (session === undefined) return;
  const { accountId, clientId, id: sessionId } = session;
  await onSessionEnded(tables, { sessionId, accountId, clientId, because });
}

function whyEnded({ presented, reuse }: UnitOfWork): EndedSession["because"] {
  if (reuse !== undefined) return "refresh-reuse";
  return presented?.model === "AuthorizationCode" ? "code-reuse" : "signed-out";
}
