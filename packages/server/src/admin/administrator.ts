/** What somebody at the admin API may do; each role may also do what those before it may. */
export const adminRoles = ["viewer", "operator", "admin"] as const;
export type AdminRole = (typeof adminRoles)[number];

/** Whoever has shown a credential of the admin API. */
export interface Administrator {
  /**
   * As the audit names them: `admin` by the file of the first start, `admin:<name>` by a token,
   * `console:<name>` signed in to the console.
   */
  readonly actor: string;
  readonly role: AdminRole;
  /** Of those who are signed in to the console. */
  readonly session?: ConsoleSession;
}

export interface ConsoleSession {
  /** Whether its person has shown the passkey within the last minutes. */
  isConfirmed(): boolean;
  /** Whether it has not ended since. */
  stands(): Promise<boolean>;
}

/** What somebody does it all through: whoever acts is written down as who they are. */
export type By<T> = (who: Administrator | undefined) => T;

export const mayDo = (role: AdminRole, needed: AdminRole): boolean =>
  adminRoles.indexOf(role) >= adminRoles.indexOf(needed);

/** What is told of each role, in help and in the OpenAPI document. */
export const roleWords: Readonly<Record<AdminRole, string>> = {
  viewer: "sees records and how the gate fares",
  operator: "also sees people and ends their sessions",
  admin: "also changes people, clients and tokens of this API",
};
