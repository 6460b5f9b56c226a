/** Who calls, as a verified access token says. Frozen: it is shared by every request that brings the same token. */
export interface Principal {
  readonly subject: string;
  readonly clientId: string | undefined;
  readonly scopes: readonly string[];
  readonly roles: readonly string[];
  readonly tier: string | undefined;
  readonly deviceId: string | undefined;
  readonly tokenId: string | undefined;
  readonly issuedAtSeconds: number | undefined;
  readonly expiresAtSeconds: number;
  readonly claims: Readonly<Record<string, unknown>>;
}
