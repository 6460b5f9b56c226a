import { randomUUID } from "node:crypto";
import type { AuditTable } from "../store/audit.ts";

export interface AuditEntry {
  /** `user:<id>`, `client:<id>`, `admin`, `command`, `issuer`. */
  readonly actor: string;
  /** `signed-in`, `password-changed`, `refresh-reuse`, ... */
  readonly action: string;
  /** Whom or what it happened to: `user:<id>`, `session:<id>`, `client:<id>`, `key:<kid>`. */
  readonly about: string;
  /** No secrets, no personal data. */
  readonly details?: Readonly<Record<string, string | number | boolean>>;
}

/** Writes down who did what to whom, and when. Rows are never changed. */
export async function audit(
  table: AuditTable,
  atMs: number,
  { details = {}, ...entry }: AuditEntry,
): Promise<void> {
  await table.add({ id: randomUUID(), atMs, ...entry, details });
}
