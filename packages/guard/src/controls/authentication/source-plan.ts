import type { SharedSecretAlgorithm } from "../../jws/shared-secret.ts";
import type { CredentialSource } from "./find-credential.ts";
import type { ClaimPlaces } from "./presets.ts";

export interface CredentialPlace {
  readonly securityScheme: string | undefined;
  readonly source: CredentialSource;
}

/** What every source says, whatever its kind. Plain data. */
interface SourceBase {
  readonly name: string;
  /** Where its credential may sit; for one security scheme of the documents, or for all. */
  readonly places: readonly CredentialPlace[];
  /** Whether the backend is sent the credential too. */
  readonly forward: "keep" | "drop";
  /** Where what it says names what a caller has. */
  readonly claims: ClaimPlaces;
}

/** Signed tokens. */
export interface TokenSource extends SourceBase {
  readonly kind: "token";
  /** As it stands in `iss`; undefined where the secret alone says who has signed. */
  readonly issuer: string | undefined;
  readonly builtin: boolean;
  readonly audiences: readonly string[];
  readonly clients: readonly string[];
  readonly clientNeeded: boolean;
  readonly requires: Readonly<Record<string, readonly string[]>>;
  readonly typ: "at+jwt" | "any";
  readonly tokenKind: "access" | "id";
  readonly expiryNeeded: boolean;
  readonly clockToleranceSeconds: number;
  /** Undefined in the form with one issuer: `sub`, a text. */
  readonly subjectClaim: string | undefined;
  readonly algorithms: readonly string[];
  readonly sharedSecret: SharedSecretAlgorithm | undefined;
  readonly jwksUri: string | undefined;
  /** Whether its keys stand in a file. */
  readonly keysInFile: boolean;
  /** Whether it is what `identity.issuer` names. */
  readonly main: boolean;
}

/** API keys in a file. */
export interface KeysSource extends SourceBase {
  readonly kind: "keys";
}

/** Sessions of the backend's own: it is asked who calls. */
export interface WhoamiSource extends SourceBase {
  readonly kind: "whoami";
  /** The place of its API among the plan's. */
  readonly api: number;
  readonly path: string;
  /** Where its answer names the caller; `username` takes it from a Basic credential. */
  readonly subject: string;
  readonly rememberMs: number;
  readonly forgetOn: readonly string[];
}

/** Opaque tokens that their issuer tells the worth of (RFC 7662). */
export interface IntrospectSource extends SourceBase {
  readonly kind: "introspect";
  readonly url: string;
  readonly clientId: string | undefined;
  readonly issuer: string | undefined;
  readonly audiences: readonly string[];
  readonly clients: readonly string[];
  readonly subjectClaim: string;
  readonly rememberMs: number;
  readonly forgetOn: readonly string[];
}

export type SourcePlan = TokenSource | KeysSource | WhoamiSource | IntrospectSource;

/** Under which the keys of a source are known: another address is another key ring. */
export const keysIdOf = ({ issuer, jwksUri }: TokenSource): string => `${issuer}\n${jwksUri ?? ""}`;
