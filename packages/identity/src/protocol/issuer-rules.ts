import type { Account as ProviderAccount } from "oidc-provider";
import type { Account } from "../people/accounts.ts";

/** What the operator has decided about tokens and apps. */
export interface IssuerRules {
  readonly issuer: string;
  readonly audience: string;
  readonly accessTokenSeconds: number;
  readonly refreshTokenSeconds: number;
  readonly idleSeconds: number;
  readonly sessionSeconds: number;
  readonly binding: "none" | "optional" | "dpop" | "mtls";
  readonly requireNonce: boolean;
  /** Some app may sign people in without a browser. */
  readonly nativeSignIn: boolean;
  /** Scopes by role. */
  readonly roles: Readonly<Record<string, readonly string[]>>;
  /** Apps of the operator: their users are not asked whether they may. */
  readonly isFirstParty: (clientId: string) => boolean;
  readonly scopesOf: (clientId: string) => readonly string[] | undefined;
  /** Whether two proofs were once given on this device. */
  readonly isTrustedDevice: (accountId: string, deviceId: string) => Promise<boolean>;
  readonly kindOf: (clientId: string) => "native" | "web" | "service" | undefined;
}

/** An account as the provider carries it through a request. */
export interface SignedInAccount extends ProviderAccount {
  readonly account: Account;
}

/** Ways to have signed in, by how much they prove (RFC 9470 section 4). */
export const strengths: readonly string[] = ["pwd", "mfa"];

/** What the roles may do together. */
export const scopesOfRoles = (
  { roles: scopes }: Pick<IssuerRules, "roles">,
  roles: readonly string[],
): readonly string[] => [...new Set(roles.flatMap((role) => scopes[role] ?? []))];

/** Every scope that the policy knows. */
export const everyScopeOf = ({ roles }: Pick<IssuerRules, "roles">): readonly string[] => [
  ...new Set(Object.values(roles).flat()),
];
