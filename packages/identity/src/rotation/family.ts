import type { AdapterPayload } from "oidc-provider";
import { recordId } from "../names/record-names.ts";
import type { OidcRecord } from "../store/oidc-records.ts";
import type { Sealing } from "../store/sealing.ts";
import {
  type Family,
  type FamilyClaims,
  familyToken,
  newFamily,
  readFamilyToken,
} from "./family-token.ts";
import { openRecord } from "./sealed-record.ts";
import type { FamilyUnderway, UnitOfWork } from "./unit-of-work.ts";

/** What a family's row keeps beside what the provider knows of its live token. */
export interface FamilyPayload extends AdapterPayload {
  readonly family?: Family & {
    /** The restoration of the store for which a later token was taken. */
    readonly adoptedAtMs?: number;
  };
}

/** The name of a family's row. */
export const familyRow = (handle: string): string => recordId("RefreshToken", handle);

/** Opens a family's row, and remembers in the request what its next token is made of. */
export function openFamily(
  record: OidcRecord,
  work: UnitOfWork | undefined,
  sealing: Sealing,
): FamilyPayload {
  const payload = openRecord(record, sealing) as FamilyPayload;
  const { family, grantId } = payload;
  if (family !== undefined && grantId !== undefined)
    work?.families.set(grantId, {
      handle: family.handle,
      key: family.key,
      rowId: record.id,
      from: record.generation ?? 0,
      adoptedAtMs: family.adoptedAtMs ?? 0,
    });
  return payload;
}

/** What the row says that a token is; undefined when the token is none of its family. */
export const claimsOf = ({ family }: FamilyPayload, token: string): FamilyClaims | undefined =>
  family === undefined ? undefined : readFamilyToken(family, token);

/** What the provider says of a refresh token that it is about to give. */
export interface NewToken {
  readonly grantId?: string;
  readonly accountId?: string;
  readonly rotations?: number;
}

/** The next token of a family in place of a random name; a sign-in's first begins the family. */
export function nextToken(
  { accountId = "", grantId = "", rotations = 0 }: NewToken,
  work: UnitOfWork,
  sealing: Sealing,
  nowMs: number,
): string {
  const family = work.families.get(grantId) ?? begun();
  work.families.set(grantId, family);
  const claims = {
    generation: rotations,
    accountId,
    epoch: work.epochs.get(accountId) ?? 0,
    issuedAtSeconds: Math.floor(nowMs / 1000),
  };
  return familyToken(family, claims, sealing);
}

function begun(): FamilyUnderway {
  const family = newFamily();
  return { ...family, rowId: familyRow(family.handle), from: undefined, adoptedAtMs: 0 };
}

/** The payload of a family's live token, as its row keeps it. */
export function withFamily(
  payload: AdapterPayload,
  { adoptedAtMs, handle, key }: FamilyUnderway,
): FamilyPayload {
  return { ...payload, family: { handle, key, adoptedAtMs } };
}
