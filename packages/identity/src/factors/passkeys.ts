import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from "@simplewebauthn/server";
import type { Passkey } from "./factors.ts";

/** Where passkeys are kept. */
export interface PasskeyKeeping {
  of(accountId: string): Promise<readonly { readonly id: string; readonly kind: string }[]>;
  passkey(id: string): Promise<Passkey | undefined>;
  /** @returns false when the counter does not rise: a copy of the key has been used too */
  notePasskeyUse(id: string, counter: number): Promise<boolean>;
  /** @returns what it is kept as; undefined when it was not */
  addPasskey(
    accountId: string,
    passkey: Omit<Passkey, "accountId">,
    label: string,
  ): Promise<string | undefined>;
}

export interface PasskeyRules {
  /** The public address: passkeys made here serve nowhere else. */
  readonly issuer: string;
  readonly title: string;
  /** Apps that may use the same passkeys (`android:apk-key-hash:...`). */
  readonly androidOrigins: readonly string[];
}

/** Passkeys (WebAuthn): proof by a device and the person who unlocks it, at this address only. */
export class Passkeys {
  readonly #factors: PasskeyKeeping;
  readonly #rpId: string;
  readonly #origins: string[];
  readonly #title: string;

  constructor(factors: PasskeyKeeping, { androidOrigins, issuer, title }: PasskeyRules) {
    this.#factors = factors;
    this.#rpId = new URL(issuer).hostname;
    this.#origins = [new URL(issuer).origin, ...androidOrigins];
    this.#title = title;
  }

  /** The options name no keys: a list would tell a stranger who has an account, and which keys. */
  async askFor(): Promise<{ readonly challenge: string; readonly options: unknown }> {
    const options = await generateAuthenticationOptions({
      rpID: this.#rpId,
      userVerification: "required",
      allowCredentials: [],
    });
    return { challenge: options.challenge, options };
  }

  /** @returns whose passkey it is; undefined when the proof is not valid */
  async use(credential: string, challenge: string): Promise<string | undefined> {
    const response = readCredential(credential);
    const known = response === undefined ? undefined : await this.#factors.passkey(response.id);
    if (response === undefined || known === undefined) return undefined;
    try {
      const { authenticationInfo, verified } = await verifyAuthenticationResponse({
        response: response as never,
        expectedChallenge: challenge,
        expectedOrigin: this.#origins,
        expectedRPID: this.#rpId,
        requireUserVerification: true,
        credential: { id: known.id, publicKey: known.publicKey, counter: known.counter },
      });
      if (!verified) return undefined;
      return (await this.#factors.notePasskeyUse(known.id, authenticationInfo.newCounter))
        ? known.accountId
        : undefined;
    } catch {
      return undefined;
    }
  }

  async askForNew(account: {
    readonly id: string;
    readonly email: string | undefined;
  }): Promise<{ readonly challenge: string; readonly options: unknown }> {
    const existing = (await this.#factors.of(account.id)).filter(({ kind }) => kind === "passkey");
    const options = await generateRegistrationOptions({
      rpName: this.#title,
      rpID: this.#rpId,
      userID: new Uint8Array(Buffer.from(account.id)),
      userName: account.email ?? account.id,
      attestationType: "none",
      excludeCredentials: existing.map(({ id }) => ({ id: id.slice(2) })),
      authenticatorSelection: { residentKey: "required", userVerification: "required" },
    });
    return { challenge: options.challenge, options };
  }

  /** @returns the factor's id; undefined when it was not added */
  async add(
    accountId: string,
    credential: string,
    challenge: string,
    label: string,
  ): Promise<string | undefined> {
    const response = readCredential(credential);
    if (response === undefined) return undefined;
    try {
      const { registrationInfo, verified } = await verifyRegistrationResponse({
        response: response as never,
        expectedChallenge: challenge,
        expectedOrigin: this.#origins,
        expectedRPID: this.#rpId,
        requireUserVerification: true,
      });
      if (!verified || registrationInfo === undefined) return undefined;
      const { counter, id, publicKey } = registrationInfo.credential;
      return await this.#factors.addPasskey(accountId, { id, counter, publicKey }, label);
    } catch {
      return undefined;
    }
  }
}

function readCredential(text: string): { readonly id: string } | undefined {
  try {
    const value = JSON.parse(text) as { readonly id?: unknown } | null;
    return typeof value?.id === "string" && value.id.length <= 1400
      ? (value as { id: string })
      : undefined;
  } catch {
    return undefined;
  }
}
