import { createHash, randomBytes, randomUUID } from "node:crypto";
import type { Database } from "../store/open-store.ts";
import type { Sealing } from "../store/sealing.ts";
import { base32, totpStep } from "./totp.ts";

export type FactorKind = "totp" | "passkey" | "recovery" | "phone";

export interface Factor {
  readonly id: string;
  readonly kind: FactorKind;
  readonly label: string;
  readonly createdAt: number;
}

export interface Passkey {
  readonly id: string;
  readonly accountId: string;
  readonly publicKey: Uint8Array<ArrayBuffer>;
  readonly counter: number;
}

const recoveryCodes = 10;

/** What people prove themselves with beside a password. Secrets are sealed; a code that was used is spent at once and for all. */
export class Factors {
  readonly #db: Database;
  readonly #sealing: Sealing;
  readonly #now: () => number;

  constructor(db: Database, sealing: Sealing, now: () => number) {
    this.#db = db;
    this.#sealing = sealing;
    this.#now = now;
  }

  async of(accountId: string): Promise<readonly Factor[]> {
    const rows = await this.#db.selectFrom("factors").select(["id", "kind", "label", "created_at"]).where("account_id", "=", accountId).orderBy("created_at").execute();
    return rows.map((row) => ({ id: row.id, kind: row.kind as FactorKind, label: row.label, createdAt: row.created_at }));
  }

  async addTotp(accountId: string, secret: Uint8Array, usedStep: number): Promise<void> {
    const id = randomUUID();
    await this.#db.insertInto("factors").values({ id, account_id: accountId, kind: "totp", label: "", sealed: this.#sealing.seal(Buffer.from(secret).toString("base64"), `factors/${id}`), counter: usedStep, created_at: this.#now(), used_at: null }).execute();
  }

  /** Each code once, on whatever node, however many try it at the same moment. */
  async useTotp(accountId: string, code: string): Promise<boolean> {
    const rows = await this.#db.selectFrom("factors").selectAll().where("account_id", "=", accountId).where("kind", "=", "totp").execute();
    for (const row of rows) {
      const step = totpStep(Buffer.from(this.#sealing.open(row.sealed, `factors/${row.id}`), "base64"), code, this.#now() / 1000);
      if (step === undefined) continue;
      const { numUpdatedRows } = await this.#db.updateTable("factors").set({ counter: step, used_at: this.#now() }).where("id", "=", row.id).where("counter", "<", step).executeTakeFirst();
      if (numUpdatedRows === 1n) return true;
    }
    return false;
  }

  /** New ones in place of the old. They are shown once. */
  async renewRecoveryCodes(accountId: string): Promise<readonly string[]> {
    const codes = Array.from({ length: recoveryCodes }, () => base32(randomBytes(10)).replace(/(.{4})(?=.)/g, "$1-").toLowerCase());
    await this.#db.transaction().execute(async (transaction) => {
      await transaction.deleteFrom("factors").where("account_id", "=", accountId).where("kind", "=", "recovery").execute();
      for (const code of codes) {
        const id = recoveryId(accountId, code);
        await transaction.insertInto("factors").values({ id, account_id: accountId, kind: "recovery", label: "", sealed: this.#sealing.seal("recovery", `factors/${id}`), counter: 0, created_at: this.#now(), used_at: null }).execute();
      }
    });
    return codes;
  }

  async useRecoveryCode(accountId: string, code: string): Promise<boolean> {
    const plain = code.trim().toLowerCase().replaceAll(/[\s-]/g, "").replace(/(.{4})(?=.)/g, "$1-");
    const { numDeletedRows } = await this.#db.deleteFrom("factors").where("id", "=", recoveryId(accountId, plain)).where("account_id", "=", accountId).where("kind", "=", "recovery").executeTakeFirst();
    return numDeletedRows === 1n;
  }

  async addPhone(accountId: string, number: string): Promise<void> {
    const id = `n-${accountId}`;
    const row = { id, account_id: accountId, kind: "phone", label: "", sealed: this.#sealing.seal(number, `factors/${id}`), counter: 0, created_at: this.#now(), used_at: null };
    await this.#db.insertInto("factors").values(row).onConflict((conflict) => conflict.column("id").doUpdateSet({ sealed: row.sealed, created_at: row.created_at })).execute();
  }

  async phone(accountId: string): Promise<string | undefined> {
    const row = await this.#db.selectFrom("factors").select(["id", "sealed"]).where("id", "=", `n-${accountId}`).where("kind", "=", "phone").executeTakeFirst();
    return row === undefined ? undefined : this.#sealing.open(row.sealed, `factors/${row.id}`);
  }

  async addPasskey(accountId: string, { counter, id, publicKey }: Omit<Passkey, "accountId">, label: string): Promise<void> {
    await this.#db.insertInto("factors").values({ id: `p-${id}`, account_id: accountId, kind: "passkey", label, sealed: this.#sealing.seal(Buffer.from(publicKey).toString("base64"), `factors/p-${id}`), counter, created_at: this.#now(), used_at: null }).execute();
  }

  async passkey(id: string): Promise<Passkey | undefined> {
    const row = await this.#db.selectFrom("factors").selectAll().where("id", "=", `p-${id}`).where("kind", "=", "passkey").executeTakeFirst();
    return row === undefined ? undefined : { id, accountId: row.account_id, counter: row.counter, publicKey: new Uint8Array(Buffer.from(this.#sealing.open(row.sealed, `factors/${row.id}`), "base64")) };
  }

  /** @returns false when the counter does not rise: a copy of the key has been used too. Synced passkeys do not count, and stay at zero. */
  async notePasskeyUse(id: string, counter: number): Promise<boolean> {
    const { numUpdatedRows } = await this.#db.updateTable("factors").set({ counter, used_at: this.#now() }).where("id", "=", `p-${id}`).where("counter", counter === 0 ? "=" : "<", counter).executeTakeFirst();
    return numUpdatedRows === 1n;
  }

  async remove(accountId: string, id: string): Promise<boolean> {
    return (await this.#db.deleteFrom("factors").where("id", "=", id).where("account_id", "=", accountId).executeTakeFirst()).numDeletedRows === 1n;
  }
}

/** Eighty random bits need no slow hash. */
const recoveryId = (accountId: string, code: string): string => `r-${createHash("sha256").update(`${accountId}\n${code}`).digest("base64url")}`;
