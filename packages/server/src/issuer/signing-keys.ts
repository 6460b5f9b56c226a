import { createHash, generateKeyPairSync, type webcrypto } from "node:crypto";
import type { Database } from "../store/open-store.ts";
import type { Sealing } from "../store/sealing.ts";
import type { Tables } from "../store/tables.ts";
import { longestTokenSeconds } from "../accounts/sessions.ts";

export type PrivateJwk = webcrypto.JsonWebKey & { readonly kid: string; readonly alg: string; readonly use: string };

export interface SigningKey {
  readonly kid: string;
  readonly algorithm: string;
  readonly createdAt: number;
  readonly signsFrom: number;
  readonly retiredAt: number | undefined;
  readonly goneAt: number | undefined;
  readonly state: "next" | "signing" | "retired" | "gone";
}

/** A key without what makes it secret. */
export function publicPart({ alg, crv, kid, kty, use, x, y }: PrivateJwk): webcrypto.JsonWebKey & { readonly kid: string } {
  return { alg, kid, use, ...(kty === undefined ? {} : { kty }), ...(crv === undefined ? {} : { crv }), ...(x === undefined ? {} : { x }), ...(y === undefined ? {} : { y }) };
}

/** Whoever keeps the public keys must have seen a new one before it signs: twice the ten minutes they may be kept. */
const publishAheadMs = 20 * 60_000;
const rotateAfterMs = 30 * 86_400_000;

/** The keys that sign tokens: made here, published ahead, rotated by age or by command; old tokens stay valid until they end. */
export class SigningKeys {
  readonly #db: Database;
  readonly #sealing: Sealing;
  readonly #now: () => number;

  constructor(db: Database, sealing: Sealing, now: () => number) {
    this.#db = db;
    this.#sealing = sealing;
    this.#now = now;
  }

  /** Makes the first key, and the next one when the newest is old enough. Two nodes that do so at once make two keys, which harms nobody. */
  async keepFresh(): Promise<void> {
    const now = this.#now();
    const all = await this.#alive();
    const newest = all.filter((row) => row.retired_at === null).sort((a, b) => b.created_at - a.created_at)[0];
    if (newest === undefined) await this.#make(now);
    else if (now - newest.created_at > rotateAfterMs) await this.rotate();
    // The one that signed before the current one has done so for the last time.
    const signing = (await this.#alive()).filter((row) => row.retired_at === null && row.signs_from <= now).sort((a, b) => b.signs_from - a.signs_from);
    for (const old of signing.slice(1)) await this.retire(old.kid);
  }

  /** A new key, published now and signing once everybody can have it. `atOnce` is for a key that was stolen: tokens of the new one may be refused for some minutes by others. */
  async rotate(atOnce = false): Promise<string> {
    return this.#make(this.#now() + (atOnce ? 0 : publishAheadMs));
  }

  /** It signs no more; what it has signed stays valid until it ends. `atOnce`: it is not believed any more. */
  async retire(kid: string, atOnce = false): Promise<boolean> {
    const now = this.#now();
    const { numUpdatedRows } = await this.#db.updateTable("signing_keys").set({ retired_at: now, gone_at: atOnce ? now : now + longestTokenSeconds * 1000 }).where("kid", "=", kid).where((eb) => eb.or([eb("retired_at", "is", null), eb("gone_at", ">", now)])).executeTakeFirst();
    return numUpdatedRows === 1n;
  }

  async list(): Promise<readonly SigningKey[]> {
    const now = this.#now();
    const rows = await this.#db.selectFrom("signing_keys").selectAll().orderBy("created_at", "desc").execute();
    const signing = signingRow(rows, now)?.kid;
    return rows.map((row) => ({
      kid: row.kid,
      algorithm: row.algorithm,
      createdAt: row.created_at,
      signsFrom: row.signs_from,
      retiredAt: row.retired_at ?? undefined,
      goneAt: row.gone_at ?? undefined,
      state: row.gone_at !== null && row.gone_at <= now ? "gone" : row.retired_at !== null ? "retired" : row.kid === signing ? "signing" : "next",
    }));
  }

  /** Private keys, the one that signs first. */
  async forProvider(): Promise<readonly PrivateJwk[]> {
    const now = this.#now();
    const rows = await this.#alive();
    const signing = signingRow(rows, now);
    const ordered = [...(signing === undefined ? [] : [signing]), ...rows.filter((row) => row !== signing).sort((a, b) => a.created_at - b.created_at)];
    return ordered.map((row) => JSON.parse(this.#sealing.open(row.sealed, `signing_keys/${row.kid}`)) as PrivateJwk);
  }

  async #alive(): Promise<Tables["signing_keys"][]> {
    return this.#db.selectFrom("signing_keys").selectAll().where((eb) => eb.or([eb("gone_at", "is", null), eb("gone_at", ">", this.#now())])).execute();
  }

  async #make(signsFrom: number): Promise<string> {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const jwk = privateKey.export({ format: "jwk" });
    const kid = createHash("sha256").update(JSON.stringify({ crv: jwk.crv, kty: jwk.kty, x: jwk.x, y: jwk.y })).digest("base64url");
    const whole: PrivateJwk = { ...jwk, kid, alg: "ES256", use: "sig" };
    await this.#db.insertInto("signing_keys").values({ kid, algorithm: "ES256", public_jwk: JSON.stringify(publicPart(whole)), sealed: this.#sealing.seal(JSON.stringify(whole), `signing_keys/${kid}`), created_at: this.#now(), signs_from: signsFrom, retired_at: null, gone_at: null }).execute();
    return kid;
  }
}

const signingRow = (rows: readonly Tables["signing_keys"][], now: number): Tables["signing_keys"] | undefined =>
  rows.filter((row) => row.retired_at === null && row.signs_from <= now).sort((a, b) => b.signs_from - a.signs_from)[0] ?? rows.filter((row) => row.retired_at !== null).sort((a, b) => b.signs_from - a.signs_from)[0] ?? rows[0];
