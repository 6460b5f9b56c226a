import type { AdapterPayload } from "oidc-provider";
import type { OidcRecord } from "../store/oidc-records.ts";
import type { Sealing } from "../store/sealing.ts";
import type { Tables } from "../store/store.ts";
import { openFamily } from "./family.ts";
import { isFresh, judge, judgeCode } from "./judgement.ts";
import type { Presented, UnitOfWork } from "./unit-of-work.ts";

export interface RotationRules {
  readonly store: Pick<Tables, "appSessions" | "oidcRecords" | "rotationReceipts">;
  readonly sealing: Sealing;
  readonly now: () => number;
  readonly retryWindowMs: number;
  /**
   * For so long the same token gets the same answer, byte for byte: callers that ask at the same
   * time end up with one session.
   */
  readonly receiptMs: number;
}

/**
 * What the provider is shown when a refresh token from before families is presented. Of a token whose answer was lost,
 * it is shown the successor in its place; of a stolen one the token as it was spent, upon which it
 * ends the family; of one that comes too late, nothing.
 */
export async function findPresentedToken(
  record: OidcRecord,
  payload: AdapterPayload,
  token: string,
  work: UnitOfWork | undefined,
  rules: RotationRules,
): Promise<AdapterPayload | undefined> {
  const { grantRef } = record;
  if (work === undefined || grantRef === undefined) return payload;
  const presented = {
    model: "RefreshToken",
    token,
    recordId: record.id,
    liveRecordId: record.id,
    generation: record.generation ?? 0,
    grantRef,
    payload,
  } as const;
  const { successor, ...known } = await readFacts(record, presented, rules);
  const judgement = judge({
    ...known,
    spentAtMs: record.consumedAtMs,
    isBound: payload.jkt !== undefined || payload["x5t#S256"] !== undefined,
    generation: presented.generation,
    hasUnspentSuccessor: successor !== undefined,
    retryWindowMs: rules.retryWindowMs,
    receiptMs: rules.receiptMs,
  });
  switch (judgement) {
    case "live":
      work.presented = presented;
      return payload;
    case "repeat":
      work.presented = presented;
      return asUnspent(payload);
    case "lost-answer": {
      const live = successor as OidcRecord;
      work.presented = { ...presented, liveRecordId: live.id };
      return { ...openFamily(live, work, rules.sealing), jti: token };
    }
    case "stolen":
      work.reuse = { grantRef };
      return payload;
    case "too-late":
      return undefined;
    default:
      return judgement;
  }
}

/**
 * Reads no more than the judgement needs: nothing of a token that was not spent, and no session or
 * successor of one whose answer is still kept. Whatever those are, it is judged the same.
 */
async function readFacts(
  { consumedAtMs }: OidcRecord,
  { grantRef, recordId }: Presented,
  { now, receiptMs, store }: RotationRules,
) {
  const nowMs = now();
  if (consumedAtMs === undefined) return { nowMs, ...nothing };
  const answeredAtMs = (await store.rotationReceipts.find(recordId))?.writtenAtMs;
  if (isFresh(answeredAtMs, nowMs, receiptMs)) return { nowMs, ...nothing, answeredAtMs };
  return {
    nowMs,
    answeredAtMs,
    session: await store.appSessions.progressOf(grantRef),
    successor: await store.oidcRecords.unspentRefreshToken(grantRef),
  };
}

const nothing = { answeredAtMs: undefined, session: undefined, successor: undefined } as const;

/**
 * A code that is redeemed again at once by the same key is an answer that was lost; by anybody
 * else, or later, it is a stolen code, which the provider ends with all that it gave.
 */
export async function findPresentedCode(
  record: OidcRecord,
  payload: AdapterPayload,
  token: string,
  work: UnitOfWork | undefined,
  { now, receiptMs, store }: RotationRules,
): Promise<AdapterPayload> {
  const { consumedAtMs, grantRef, id } = record;
  if (work === undefined || grantRef === undefined) return payload;
  const nowMs = now();
  const answeredAtMs =
    consumedAtMs === undefined ? undefined : (await store.rotationReceipts.find(id))?.writtenAtMs;
  const judgement = judgeCode({ spentAtMs: consumedAtMs, answeredAtMs, nowMs, receiptMs });
  if (judgement === "stolen") return payload;
  work.presented = {
    model: "AuthorizationCode",
    token,
    recordId: id,
    liveRecordId: id,
    generation: 0,
    grantRef,
    payload,
  };
  return judgement === "repeat" ? asUnspent(payload) : payload;
}

/**
 * While its answer may be given again, what is spent is looked at as if it were not: the provider
 * verifies client, key and verifier anew.
 */
export function asUnspent(payload: AdapterPayload): AdapterPayload {
  const { consumed: _, ...unspent } = payload;
  return unspent;
}
