/** Who calls, as a verified access token says. Frozen: it is shared by every request that brings the same token. */
export interface Principal {
  readonly subject: string;
  readonly clientId: string | undefined;
  readonly scopes: readonly string[];
  readonly roles: readonly string[];
  readonly tier: string | undefined;
  readonly deviceId: string | undefined;
  /** `cnf.jkt`: the thumbprint of the key that must prove each request (RFC 9449). */
  readonly boundKey: string | undefined;
  /** `cnf["x5t#S256"]` (RFC 8705). */
  readonly boundCertificate: string | undefined;
  /** `sid`: the sign-in that the token came of. */
  readonly sessionId: string | undefined;
  /** `account_version`, of the built-in issuer: what the account may do, as it stood when the token was made. */
  readonly accountVersion: number | undefined;
  readonly tokenId: string | undefined;
  readonly issuedAtSeconds: number | undefined;
  readonly expiresAtSeconds: number;
  readonly claims: Readonly<Record<string, unknown>>;
}
