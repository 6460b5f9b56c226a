/** Who did what to whom. */
export interface AuditRecord {
  readonly id: string;
  readonly atMs: number;
  /** `user:<id>`, `client:<id>`, `admin`, `command`, `issuer`. */
  readonly actor: string;
  readonly action: string;
  readonly about: string;
  readonly details: Readonly<Record<string, string | number | boolean>>;
}

/** Rows are added and never changed; old ones go when the policy says so. */
export interface AuditTable {
  add(entry: AuditRecord): Promise<void>;
  /** @returns how many, at most `most` */
  removeBefore(atMs: number, most: number): Promise<number>;
  /** The newest first. */
  newest(most: number): Promise<readonly AuditRecord[]>;
}
