/** Somebody at another OpenID provider, and the account here that is theirs. */
export interface LinkedIdentity {
  readonly issuer: string;
  readonly subject: string;
  readonly accountId: string;
  readonly linkedAtMs: number;
}

export interface IdentityTable {
  accountOf(issuer: string, subject: string): Promise<string | undefined>;
  /** @throws when the identity is linked already */
  link(identity: LinkedIdentity): Promise<void>;
  /** Does nothing when the identity is linked already. */
  linkUnlessLinked(identity: LinkedIdentity): Promise<void>;
}
