/**
 * Something that the protocol keeps: a grant, a code, a refresh token, a browser's session, a proof
 * that was used. Found by hashes of names; its content is sealed.
 */
export interface OidcRecord {
  /** `Grant`, `AuthorizationCode`, `RefreshToken`, `Session`, `ReplayDetection`, ... */
  readonly model: string;
  readonly id: string;
  /** The family of everything that came of one sign-in. */
  readonly grantRef: string | undefined;
  readonly uidRef: string | undefined;
  /** Whose it is: what the change of a person's password must end. */
  readonly accountRef: string | undefined;
  /** Of that account, when what the record belongs to began. */
  readonly epoch: number | undefined;
  readonly sealed: Uint8Array;
  /** Of a family of refresh tokens: the live one's. Of those before: that token's own. */
  readonly generation: number | undefined;
  readonly consumedAtMs: number | undefined;
  readonly expiresAtMs: number | undefined;
}

export type NewOidcRecord = Omit<OidcRecord, "consumedAtMs">;

export interface OidcRecordTable {
  find(model: string, id: string): Promise<OidcRecord | undefined>;
  findByUid(model: string, uidRef: string): Promise<OidcRecord | undefined>;
  /** The family's row, or of one from before families the refresh token that was not spent. */
  unspentRefreshToken(grantRef: string): Promise<OidcRecord | undefined>;
  /** In place of the one of this name, if there is one; whether it was spent is left as it is. */
  put(record: NewOidcRecord): Promise<void>;
  /**
   * Puts the next generation in place of `from`: conditional, in one statement. @returns false when
   * another is there
   */
  advance(record: NewOidcRecord, from: number): Promise<boolean>;
  /**
   * Of proofs, which may be used once: conditional, in one statement. @returns false when one of
   * this name is there and has not expired
   */
  putOnce(record: NewOidcRecord, nowMs: number): Promise<boolean>;
  /** Conditional, in one statement. @returns false when it was spent before, or is gone */
  spend(model: string, id: string, atMs: number): Promise<boolean>;
  remove(model: string, id: string): Promise<void>;
  /** Everything of the family, or what it has of one model. */
  removeOfGrant(grantRef: string, model?: string): Promise<void>;
  /**
   * Signs browsers out.
   *
   * @param accountRef undefined: everybody's
   * @param exceptUidRef the browser that stays signed in
   */
  removeBrowserSessions(
    accountRef: string | undefined,
    exceptUidRef: string | undefined,
  ): Promise<void>;
  /** The browser that stays signed in is of its account's new epoch. */
  keepBrowserSession(uidRef: string, epoch: number): Promise<void>;
  /** @param refreshTokensBeforeMs refresh tokens are kept a while after their end */
  removeExpired(beforeMs: number, refreshTokensBeforeMs: number): Promise<void>;
}
