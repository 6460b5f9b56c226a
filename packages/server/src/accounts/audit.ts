import { randomUUID } from "node:crypto";
import type { Transaction } from "kysely";
import type { Database } from "../store/open-store.ts";
import type { Tables } from "../store/tables.ts";

export interface AuditEntry {
  /** `user:<id>`, `command`, `issuer`. */
  readonly actor: string;
  /** `sign-in`, `password-changed`, `refresh-reuse`, ... */
  readonly action: string;
  /** Whom or what it happened to. */
  readonly about: string;
  /** No secrets, no personal data. */
  readonly details?: Readonly<Record<string, string | number | boolean>>;
}

/** Who did what to whom, and when. Rows are only ever added. */
export async function audit(db: Database | Transaction<Tables>, at: number, { about, action, actor, details = {} }: AuditEntry): Promise<void> {
  await db.insertInto("audit").values({ id: randomUUID(), at, actor, action, about, details: JSON.stringify(details) }).execute();
}
