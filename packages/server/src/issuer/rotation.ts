import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import type { AdapterPayload } from "oidc-provider";
import type { Database } from "../store/open-store.ts";
import type { Sealing } from "../store/sealing.ts";
import { openRecord } from "./sealed-record.ts";
import type { RecordRow, UnitOfWork } from "./unit-of-work.ts";

export interface RotationRules {
  readonly db: Database;
  readonly sealing: Sealing;
  readonly now: () => number;
  readonly retryWindowMs: number;
  /** For so long the same token gets the same answer, byte for byte: callers that ask at the same time end up with one session. */
  readonly receiptMs: number;
}

const isBound = (payload: AdapterPayload): boolean => payload.jkt !== undefined || payload["x5t#S256"] !== undefined;

/**
 * What the provider is shown when a refresh token is presented. A live one is live. A spent one whose successor nobody has
 * been seen to use stands for that successor: the answer was lost on its way, and only the holder of the same key gets
 * another. Once the successor is known to be in use, the spent one in anybody's hand is a copy, and the family ends.
 */
export async function findPresentedToken(row: RecordRow, payload: AdapterPayload, token: string, work: UnitOfWork | undefined, { db, now, receiptMs, retryWindowMs, sealing }: RotationRules): Promise<AdapterPayload | undefined> {
  const { grant_ref: grantRef, id: rowId } = row;
  if (work === undefined || grantRef === null) return payload;
  const generation = row.generation ?? 0;
  if (row.consumed_at === null) {
    work.presented = { model: "RefreshToken", token, rowId, liveRowId: rowId, generation, grantRef };
    return payload;
  }
  const unspent = await withFreshReceipt(rowId, payload, db, now() - receiptMs);
  if (unspent !== undefined) {
    work.presented = { model: "RefreshToken", token, rowId, liveRowId: rowId, generation, grantRef };
    return unspent;
  }
  const session = await db.selectFrom("app_sessions").select(["confirmed_generation", "ended_at"]).where("grant_ref", "=", grantRef).executeTakeFirst();
  const sinceMs = now() - row.consumed_at;
  const superseded = session === undefined || session.ended_at !== null || session.confirmed_generation > generation;
  if (superseded || !isBound(payload)) {
    work.reuse = { grantRef };
    return payload;
  }
  if (sinceMs > retryWindowMs) return undefined;
  const live = await db.selectFrom("oidc_records").selectAll().where("model", "=", "RefreshToken").where("grant_ref", "=", grantRef).where("consumed_at", "is", null).executeTakeFirst();
  if (live === undefined) {
    work.reuse = { grantRef };
    return payload;
  }
  work.presented = { model: "RefreshToken", token, rowId, liveRowId: live.id, generation, grantRef };
  return { ...openRecord(live, sealing), jti: token };
}

/** A code that is redeemed again at once by the same key is an answer that was lost; by anybody else, or later, it is a stolen code. */
export async function findPresentedCode(row: RecordRow, payload: AdapterPayload, token: string, work: UnitOfWork | undefined, { db, now, receiptMs }: RotationRules): Promise<AdapterPayload> {
  if (work === undefined || row.grant_ref === null) return payload;
  const presented = { model: "AuthorizationCode", token, rowId: row.id, liveRowId: row.id, generation: 0, grantRef: row.grant_ref } as const;
  if (row.consumed_at === null) {
    work.presented = presented;
    return payload;
  }
  const unspent = await withFreshReceipt(row.id, payload, db, now() - receiptMs);
  if (unspent !== undefined) work.presented = presented;
  return unspent ?? payload;
}

/** While its answer may be given again, what is spent is looked at as if it were not: the provider verifies client, key and verifier anew. */
async function withFreshReceipt(rowId: string, payload: AdapterPayload, db: Database, notBefore: number): Promise<AdapterPayload | undefined> {
  const receipt = await db.selectFrom("rotation_receipts").select("written_at").where("token_id", "=", rowId).executeTakeFirst();
  if (receipt === undefined || receipt.written_at <= notBefore) return undefined;
  const { consumed: _, ...unspent } = payload;
  return unspent;
}

/** An answer that was given for a token, and the key it was given to. */
export interface Receipt {
  readonly body: Readonly<Record<string, unknown>>;
  readonly keyThumbprint: string | undefined;
}

/** Under the very token it answers: whoever has the database and not the token has nothing. */
export function sealReceipt(receipt: Receipt, token: string): Uint8Array {
  const iv = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", receiptKey(token), iv);
  return Buffer.concat([iv, cipher.update(JSON.stringify(receipt), "utf8"), cipher.final(), cipher.getAuthTag()]);
}

export function openReceipt(sealed: Uint8Array, token: string): Receipt {
  const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
  const decipher = createDecipheriv("aes-256-gcm", receiptKey(token), bytes.subarray(0, 12));
  decipher.setAuthTag(bytes.subarray(bytes.length - 16));
  return JSON.parse(decipher.update(bytes.subarray(12, bytes.length - 16), undefined, "utf8") + decipher.final("utf8")) as Receipt;
}

const receiptKey = (token: string): Buffer => Buffer.from(hkdfSync("sha256", token, "portcullis", "rotation receipt", 32));
