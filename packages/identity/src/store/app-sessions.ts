/** One sign-in of one app on one device, as its owner sees it. */
export interface AppSessionRecord {
  /** `sid` of its access tokens. */
  readonly id: string;
  /** The hash that names the family of its records. */
  readonly grantRef: string;
  readonly accountId: string;
  readonly clientId: string;
  /** Undefined where its tokens are bound to no key. */
  readonly deviceId: string | undefined;
  /** The account's, under which the sign-in began. */
  readonly epoch: number;
  /** The app, its device and its system, as far as the sign-in said. */
  readonly label: string;
  /** The network that it came from. */
  readonly network: string;
  readonly createdAtMs: number;
  /** When its tokens end by themselves; undefined for those from before this was kept. */
  readonly endsAtMs: number | undefined;
  readonly usedAtMs: number;
}

/** How far the app is known to have come: what tells a lost answer from a stolen token. */
export interface SessionProgress {
  readonly hasEnded: boolean;
  /** The newest generation of refresh tokens that the app is known to have received. */
  readonly confirmedGeneration: number;
  /** When the newest generation that was presented was first answered; undefined: none was. */
  readonly spentAtMs: number | undefined;
}

/** Sessions by what they have in common; an empty filter is every session. */
export interface SessionFilter {
  readonly id?: string;
  readonly accountId?: string;
  readonly clientId?: string;
  readonly deviceId?: string;
}

export interface AppSessionTable {
  /** Does nothing when the session is there already. */
  begin(session: Omit<AppSessionRecord, "usedAtMs">): Promise<void>;
  /** Those of the account's present epoch that have not ended, the one used last first. */
  openOf(accountId: string, nowMs: number): Promise<readonly AppSessionRecord[]>;
  progressOf(grantRef: string): Promise<SessionProgress | undefined>;
  /** A token of this generation was presented: whoever has it has received it. */
  noteUse(
    grantRef: string,
    generation: number,
    atMs: number,
    endsAtMs: number | undefined,
  ): Promise<void>;
  /** An access token of this generation was seen in use. Never goes back to an older one. */
  confirm(id: string, generation: number): Promise<void>;
  /** Ends the session of one family. @returns the session; undefined when none was open */
  endOfGrant(
    grantRef: string,
    because: string,
    atMs: number,
  ): Promise<AppSessionRecord | undefined>;
  /**
   * Those that were ended, or last used, before these moments. @returns how many, at most `most`
   */
  removeEnded(endedBeforeMs: number, usedBeforeMs: number, most: number): Promise<number>;
  /** @returns those that were open until now */
  end(
    which: SessionFilter,
    because: string,
    atMs: number,
  ): Promise<readonly Pick<AppSessionRecord, "id" | "grantRef">[]>;
}
