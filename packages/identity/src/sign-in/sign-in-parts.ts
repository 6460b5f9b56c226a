import type { Accounts } from "../people/accounts.ts";
import type { Counters } from "../counting/counters.ts";
import type { PasswordRules } from "../people/password-rules.ts";
import type { Passwords } from "../people/passwords.ts";
import type { Sessions } from "../people/sessions.ts";
import type { Factors } from "../factors/factors.ts";
import type { OneTimeCodes } from "../factors/one-time-codes.ts";
import type { Passkeys } from "../factors/passkeys.ts";
import type { Federation } from "../federation/federation.ts";
import type { Sealing } from "../store/sealing.ts";
import type { Tables } from "../store/store.ts";
import type { Mailer, Texter } from "./mailer.ts";

export interface SignInSettings {
  readonly issuer: string;
  readonly title: string;
  readonly accentColor: string;
  readonly locales: readonly string[];
  readonly signUp: "open" | "closed";
  /** What somebody who signs up is from the start. */
  readonly roles: readonly string[];
  readonly secondFactor: "optional" | "new-device" | "always";
  readonly passwords: PasswordRules;
}

/** What the pages work with. */
export interface SignInParts {
  readonly settings: SignInSettings;
  readonly store: Pick<Tables, "audit" | "devices" | "identities" | "knownBrowsers">;
  readonly sealing: Sealing;
  readonly now: () => number;
  readonly accounts: Accounts;
  readonly passwords: Passwords;
  readonly factors: Factors;
  readonly passkeys: Passkeys;
  readonly codes: OneTimeCodes;
  readonly counters: Counters;
  readonly sessions: Sessions;
  readonly mailer: Mailer;
  /** Undefined where nobody sends SMS. */
  readonly texter: Texter | undefined;
  readonly federation: Federation;
}

/**
 * Where a sign-in stands, kept by the server: a step cannot be skipped by asking for the next one.
 */
export interface Pending {
  readonly step:
    | "start"
    | "reach"
    | "sign-up"
    | "sign-up-code"
    | "reset"
    | "reset-code"
    | "reset-password"
    | "second"
    | "invitation"
    | "enrol"
    | "recovery"
    | "done";
  /** Whom it is about, once a proof was given, and the account's epoch then. */
  readonly who?: { readonly accountId: string; readonly epoch: number };
  readonly email?: string;
  /** The address whose mailbox the person has shown to read, before anything else was judged. */
  readonly reached?: string;
  /** How the person has proved who they are so far (RFC 8176). */
  readonly amr?: readonly string[];
  /** Of somebody who signs up or resets: the new password, hashed. */
  readonly passwordHash?: string;
  /** TOTP secret that is being set up, base64. */
  readonly secret?: string;
  /** Of a passkey. */
  readonly challenge?: string;
  readonly recoveryCodes?: readonly string[];
  /** The second step is a code that was mailed. */
  readonly mailed?: boolean;
  /** The second step is a code that was sent to a telephone. */
  readonly texted?: boolean;
  /** The second step is a passkey: the account has no other second factor. */
  readonly passkey?: boolean;
  /** A second factor is set up once the mailed code was typed. */
  readonly enrols?: boolean;
  /** An upstream identity that will be connected when its bearer has proved to own the account. */
  readonly link?: { readonly issuer: string; readonly subject: string };
  readonly fault?: string;
}
