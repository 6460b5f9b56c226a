/** A client that was added by command or over the admin API. */
export interface ClientRecord {
  readonly id: string;
  /** Everything else about it, as JSON; its secret in it is sealed. */
  readonly metadata: string;
  readonly isDisabled: boolean;
}

export interface ClientTable {
  /** @returns false when there is one of this id; nothing is written then */
  add(client: Pick<ClientRecord, "id" | "metadata">, atMs: number): Promise<boolean>;
  has(id: string): Promise<boolean>;
  /** By id. */
  all(): Promise<readonly ClientRecord[]>;
  enabled(): Promise<readonly ClientRecord[]>;
  disable(id: string, atMs: number): Promise<void>;
  enable(id: string): Promise<void>;
  remove(id: string): Promise<void>;
}
