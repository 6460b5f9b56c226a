import type { AdapterPayload } from "oidc-provider";
import { recordId } from "../names/record-names.ts";
import type { OidcRecord } from "../store/oidc-records.ts";
import type { SessionProgress } from "../store/app-sessions.ts";
import { bearersOf, stillStand } from "./epochs.ts";
import { claimsOf, familyRow, type FamilyPayload, openFamily } from "./family.ts";
import type { FamilyClaims } from "./family-token.ts";
import { isFresh, judge, type Judgement } from "./judgement.ts";
import { asUnspent, type RotationRules } from "./presented-token.ts";
import { adoptionOf, learnEpoch, type RestoredParts } from "./restored.ts";
import type { Presented, UnitOfWork } from "./unit-of-work.ts";

type FamilyRules = RotationRules & RestoredParts;

/**
 * What the provider is shown when a refresh token of a family is presented. The token says which
 * generation it is, under the family's own key; the row says which one is live; the session says
 * which one the app is known to have. Nothing is kept of tokens that are spent.
 */
export async function findFamilyToken(
  handle: string,
  token: string,
  work: UnitOfWork | undefined,
  rules: FamilyRules,
): Promise<AdapterPayload | undefined> {
  const record = await rules.store.oidcRecords.find("RefreshToken", familyRow(handle));
  if (record?.grantRef === undefined) {
    await learnEpoch(token, rules);
    return undefined;
  }
  const payload = openFamily(record, work, rules.sealing);
  const claims = claimsOf(payload, token);
  if (claims === undefined || !(await stillStand(bearersOf(record, payload), work, rules.store)))
    return undefined;
  const live = record.generation ?? 0;
  const presented: Presented = {
    model: "RefreshToken",
    token,
    recordId: recordId("RefreshToken", token),
    liveRecordId: record.id,
    generation: claims.generation,
    grantRef: record.grantRef,
    payload,
  };
  if (claims.generation > live) return adopted({ claims, payload, presented, token }, work, rules);
  const judgement = await judgementOf(record, presented, isBound(payload), rules);
  return shownAs(judgement, { payload, presented, token }, work, rules.now());
}

interface Found {
  readonly payload: FamilyPayload;
  readonly presented: Presented;
  readonly token: string;
}

/** Of a lost answer the provider is shown the live token in place of the one that was sent. */
function shownAs(
  judgement: Judgement,
  { payload, presented, token }: Found,
  work: UnitOfWork | undefined,
  nowMs: number,
): AdapterPayload | undefined {
  const shown = asUnspent({ ...payload, jti: token });
  switch (judgement) {
    case "live":
    case "repeat":
    case "lost-answer":
      if (work !== undefined) work.presented = presented;
      return shown;
    case "stolen":
      if (work !== undefined) work.reuse = { grantRef: presented.grantRef };
      return { ...shown, consumed: Math.floor(nowMs / 1000) };
    case "too-late":
      return undefined;
    default:
      return judgement;
  }
}

/** A token that was made after the copy from which the store was brought back. */
async function adopted(
  { claims, payload, presented, token }: Found & { readonly claims: FamilyClaims },
  work: UnitOfWork | undefined,
  rules: FamilyRules,
): Promise<AdapterPayload | undefined> {
  const { grantId = "" } = payload;
  const family = work?.families.get(grantId);
  if (work === undefined || family === undefined) return undefined;
  const known = { adoptedAtMs: family.adoptedAtMs, isBound: isBound(payload) };
  const adoptedAtMs = await adoptionOf(claims, known, rules);
  if (adoptedAtMs === undefined) return undefined;
  work.families.set(grantId, { ...family, adoptedAtMs });
  work.presented = presented;
  return { ...payload, jti: token, rotations: claims.generation };
}

const isBound = (payload: AdapterPayload): boolean =>
  payload.jkt !== undefined || payload["x5t#S256"] !== undefined;

/**
 * Reads no more than the judgement needs: nothing of the live token, and no session of one whose
 * answer is still kept.
 */
async function judgementOf(
  { generation: live = 0 }: OidcRecord,
  { generation, grantRef, recordId: answerId }: Presented,
  bound: boolean,
  { now, receiptMs, retryWindowMs, store }: FamilyRules,
): Promise<Judgement> {
  const nowMs = now();
  if (generation === live) return "live";
  const answeredAtMs = (await store.rotationReceipts.find(answerId))?.writtenAtMs;
  const session: SessionProgress | undefined = isFresh(answeredAtMs, nowMs, receiptMs)
    ? undefined
    : await store.appSessions.progressOf(grantRef);
  return judge({
    // Where nothing is known of when it was spent, it was long ago.
    spentAtMs: session?.spentAtMs ?? 0,
    answeredAtMs,
    isBound: bound,
    generation,
    session,
    hasUnspentSuccessor: true,
    nowMs,
    receiptMs,
    retryWindowMs,
  });
}
