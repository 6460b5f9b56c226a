import type { SharedSecretAlgorithm } from "../../jws/shared-secret.ts";
import type { CertificateName } from "./caller-certificate.ts";
import type { CredentialSource } from "./find-credential.ts";
import type { ClaimPlaces } from "./presets.ts";

export interface CredentialPlace {
  readonly securityScheme: string | undefined;
  readonly source: CredentialSource;
}

/** Who gives tokens for the backend in place of the callers' (RFC 8693). */
export interface ExchangePlan {
  readonly url: string;
  readonly clientId: string;
  readonly audience: string | undefined;
  readonly resource: string | undefined;
  readonly scope: string | undefined;
}

/** What every source says, whatever its kind. Plain data. */
interface SourceBase {
  readonly name: string;
  /** Where its credential may sit; for one security scheme of the documents, or for all. */
  readonly places: readonly CredentialPlace[];
  /** Whether the backend is sent the credential too. */
  readonly forward: "keep" | "drop" | "exchange";
  /** Where the backend's own token comes from; undefined where none is asked for. */
  readonly exchange: ExchangePlan | undefined;
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
  /** Answers that say that nobody is signed in, beside 401 and 403. */
  readonly nobody: NobodyPlan | undefined;
  readonly rememberMs: number;
  readonly forgetOn: readonly string[];
}

export interface NobodyPlan {
  readonly statuses: readonly number[];
  /** What their bodies must say; undefined where the status is enough. */
  readonly says:
    | { readonly pointer: string; readonly equals: string | number | boolean }
    | undefined;
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

/** What the answers to sign-in say: where, of whom, and for how long. */
export interface LearnedPlan {
  /** Operations of sign-in, as the plan names them. */
  readonly operations: readonly string[];
  /** Where the answer has the credential. */
  readonly given:
    | { readonly pointer: string }
    | { readonly field: string }
    | { readonly cookie: string };
  readonly subject: string;
  /** Where it says for how many seconds the credential is good. */
  readonly lifetime: string | undefined;
  /** Where it says when the credential ends. */
  readonly expires: string | undefined;
  readonly claims: ClaimPlaces;
}

/** Credentials that the backend gives out: its answers to sign-in say whose they are. */
export interface LearnedSource extends SourceBase {
  readonly kind: "learned";
  readonly from: readonly LearnedPlan[];
  /** How long a credential is believed at the most. */
  readonly rememberMs: number;
  readonly forgetOn: readonly string[];
}

/** Certificates of the callers' connections, which some authority has signed. */
export interface CertificateSource extends SourceBase {
  readonly kind: "certificate";
  /** Where the certificate names its owner. */
  readonly subject: CertificateName;
}

export type SourcePlan =
  | TokenSource
  | KeysSource
  | WhoamiSource
  | IntrospectSource
  | LearnedSource
  | CertificateSource;

/** Under which the keys of a source are known: another address is another key ring. */
export const keysIdOf = ({ issuer, jwksUri }: TokenSource): string => `${issuer}\n${jwksUri ?? ""}`;
