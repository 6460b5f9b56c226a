import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import type { Sealing } from "../store/sealing.ts";

/**
 * What every refresh token of one sign-in has in common. Only the store has the key, sealed, so
 * that nobody else can make a token of the family.
 */
export interface Family {
  /** By which its row is found: part of each of its tokens. */
  readonly handle: string;
  /** 32 bytes in base64url. */
  readonly key: string;
}

/** What a refresh token says of itself, under the key of its family. */
export interface FamilyClaims {
  /** How often the family was rotated before it. */
  readonly generation: number;
  readonly issuedAtSeconds: number;
}

/** Whose it is, under the key of the store: readable where the row of its family is lost. */
export interface BearerClaims {
  readonly accountId: string;
  readonly epoch: number;
  readonly issuedAtSeconds: number;
}

const ivBytes = 12;
const tagBytes = 16;
const claimBytes = 10;
const keyBytes = 32;
const handleBytes = 16;
const tokenForm = /^pr1\.([\w-]{22})\.([\w-]{51})\.([\w-]{40,600})$/;
const bearerPlace = "refresh token";

export const newFamily = (): Family => ({
  handle: randomBytes(handleBytes).toString("base64url"),
  key: randomBytes(keyBytes).toString("base64url"),
});

/** `pr1`, the family, what the token says of itself, and whose it is. */
export function familyToken(
  { handle, key }: Family,
  claims: FamilyClaims & BearerClaims,
  sealing: Sealing,
): string {
  const content = Buffer.alloc(claimBytes);
  content.writeUInt32BE(claims.generation, 0);
  content.writeUIntBE(claims.issuedAtSeconds, 4, 6);
  const iv = randomBytes(ivBytes);
  const cipher = createCipheriv("aes-256-gcm", Buffer.from(key, "base64url"), iv);
  cipher.setAAD(Buffer.from(handle));
  const own = Buffer.concat([iv, cipher.update(content), cipher.final(), cipher.getAuthTag()]);
  const { accountId, epoch, issuedAtSeconds } = claims;
  const bearer = sealing.seal(JSON.stringify([accountId, epoch, issuedAtSeconds]), bearerPlace);
  return `pr1.${handle}.${own.toString("base64url")}.${Buffer.from(bearer).toString("base64url")}`;
}

/** Which family a token names; undefined when it is of another form. Nothing is believed yet. */
export const handleOf = (token: string): string | undefined => tokenForm.exec(token)?.[1];

/** What a token of this family says; undefined when it is none of the family's. */
export function readFamilyToken({ handle, key }: Family, token: string): FamilyClaims | undefined {
  const [, named, own = ""] = tokenForm.exec(token) ?? [];
  if (named !== handle) return undefined;
  const bytes = Buffer.from(own, "base64url");
  const tagAt = bytes.length - tagBytes;
  const decipher = createDecipheriv(
    "aes-256-gcm",
    Buffer.from(key, "base64url"),
    bytes.subarray(0, ivBytes),
  );
  decipher.setAAD(Buffer.from(handle));
  decipher.setAuthTag(bytes.subarray(tagAt));
  try {
    const content = Buffer.concat([
      decipher.update(bytes.subarray(ivBytes, tagAt)),
      decipher.final(),
    ]);
    return { generation: content.readUInt32BE(0), issuedAtSeconds: content.readUIntBE(4, 6) };
  } catch {
    return undefined;
  }
}

/** Whose a token is that this store's key has sealed; undefined when it is not. */
export function readBearer(token: string, sealing: Sealing): BearerClaims | undefined {
  const [, , , bearer = ""] = tokenForm.exec(token) ?? [];
  try {
    const [accountId, epoch, issuedAtSeconds] = JSON.parse(
      sealing.open(Buffer.from(bearer, "base64url"), bearerPlace),
    ) as [string, number, number];
    return { accountId, epoch, issuedAtSeconds };
  } catch {
    return undefined;
  }
}
