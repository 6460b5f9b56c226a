import { createHash, randomBytes, randomUUID } from "node:crypto";
import type { FactorKind, FactorRecord } from "../store/factors.ts";
import type { Sealing } from "../store/sealing.ts";
import type { Store } from "../store/store.ts";
import { base32, totpStep } from "./totp.ts";

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

/**
 * What people prove themselves with beside a password. Secrets are sealed; a code that was used is
 * spent at once and for all.
 */
export class Factors {
  readonly #store: Store;
  readonly #sealing: Sealing;
  readonly #now: () => number;

  constructor(store: Store, sealing: Sealing, now: () => number) {
    this.#store = store;
    this.#sealing = sealing;
    this.#now = now;
  }

  async of(accountId: string): Promise<readonly Factor[]> {
    const factors = await this.#store.factors.of(accountId);
    return factors.map(({ createdAtMs, id, kind, label }) => ({
      id,
      kind,
      label,
      createdAt: createdAtMs,
    }));
  }

  /**
   * @param usedStep the step of the code that set it up, which does not count again. @returns its id
   */
  async addTotp(accountId: string, secret: Uint8Array, usedStep: number): Promise<string> {
    const content = Buffer.from(secret).toString("base64");
    const id = randomUUID();
    const record = this.#record(accountId, "totp", id, content, { counter: usedStep });
    await this.#store.factors.add(record);
    return id;
  }

  /**
   * Takes a code and spends its step in one conditional update: a code counts once, however many
   * nodes try it at the same moment.
   */
  async useTotp(accountId: string, code: string): Promise<boolean> {
    for (const factor of await this.#store.factors.totpOf(accountId)) {
      const secret = Buffer.from(this.#open(factor), "base64");
      const step = totpStep(secret, code, this.#now() / 1000);
      if (step === undefined) continue;
      if (await this.#store.factors.spendStep(factor.id, step, this.#now())) return true;
    }
    return false;
  }

  /** New ones in place of the old. They are shown once. */
  async renewRecoveryCodes(accountId: string): Promise<readonly string[]> {
    const codes = Array.from({ length: recoveryCodes }, () =>
      inFours(base32(randomBytes(10))).toLowerCase(),
    );
    await this.#store.inTransaction(async ({ factors }) => {
      await factors.removeRecoveryCodes(accountId);
      for (const code of codes)
        await factors.add(
          this.#record(accountId, "recovery", recoveryId(accountId, code), "recovery"),
        );
    });
    return codes;
  }

  async useRecoveryCode(accountId: string, code: string): Promise<boolean> {
    const plain = inFours(code.trim().toLowerCase().replaceAll(/[\s-]/g, ""));
    return this.#store.factors.spendRecoveryCode(accountId, recoveryId(accountId, plain));
  }

  /** @returns its id */
  async addPhone(accountId: string, number: string): Promise<string> {
    const id = phoneId(accountId);
    await this.#store.factors.put(this.#record(accountId, "phone", id, number));
    return id;
  }

  async phone(accountId: string): Promise<string | undefined> {
    const factor = await this.#store.factors.find(phoneId(accountId), "phone");
    return factor === undefined ? undefined : this.#open(factor);
  }

  async addPasskey(
    accountId: string,
    { counter, id, publicKey }: Omit<Passkey, "accountId">,
    label: string,
  ): Promise<string> {
    const content = Buffer.from(publicKey).toString("base64");
    const record = this.#record(accountId, "passkey", passkeyId(id), content, { counter, label });
    await this.#store.factors.add(record);
    return record.id;
  }

  async passkey(id: string): Promise<Passkey | undefined> {
    const factor = await this.#store.factors.find(passkeyId(id), "passkey");
    return factor === undefined
      ? undefined
      : {
          id,
          accountId: factor.accountId,
          counter: factor.counter,
          publicKey: new Uint8Array(Buffer.from(this.#open(factor), "base64")),
        };
  }

  /**
   * @returns false when the counter does not rise: a copy of the key has been used too. Synced
   * passkeys do not count, and stay at zero.
   */
  async notePasskeyUse(id: string, counter: number): Promise<boolean> {
    return this.#store.factors.raiseCounter(passkeyId(id), counter, this.#now());
  }

  async remove(accountId: string, id: string): Promise<boolean> {
    return this.#store.factors.remove(accountId, id);
  }

  #record(
    accountId: string,
    kind: FactorKind,
    id: string,
    content: string,
    { counter = 0, label = "" }: { readonly counter?: number; readonly label?: string } = {},
  ): FactorRecord {
    return {
      id,
      accountId,
      kind,
      label,
      sealed: this.#sealing.seal(content, `factors/${id}`),
      counter,
      createdAtMs: this.#now(),
    };
  }

  #open({ id, sealed }: FactorRecord): string {
    return this.#sealing.open(sealed, `factors/${id}`);
  }
}

const inFours = (text: string): string => text.replace(/(.{4})(?=.)/g, "$1-");
/** The id of an account's telephone. */
export const phoneId = (accountId: string): string => `n-${accountId}`;
const passkeyId = (credentialId: string): string => `p-${credentialId}`;
/** A code has 80 random bits: it cannot be guessed from its hash, so that a fast hash is enough. */
const recoveryId = (accountId: string, code: string): string =>
  `r-${createHash("sha256").update(`${accountId}\n${code}`).digest("base64url")}`;
