import { type Kysely, type Migration, PostgresAdapter, sql } from "kysely";

export const firstTables: Readonly<Record<string, Migration>> = {
  "0001-identity": {
    async up(db: Kysely<unknown>): Promise<void> {
      const blob = isPostgres(db) ? sql`bytea` : sql`blob`;
      await db.schema
        .createTable("oidc_records")
        .addColumn("model", "text", (column) => column.notNull())
        .addColumn("id", "text", (column) => column.notNull())
        .addColumn("grant_ref", "text")
        .addColumn("uid_ref", "text")
        .addColumn("sealed", blob, (column) => column.notNull())
        .addColumn("generation", "integer")
        .addColumn("consumed_at", "bigint")
        .addColumn("expires_at", "bigint")
        .addPrimaryKeyConstraint("oidc_records_key", ["model", "id"])
        .execute();
      await db.schema
        .createIndex("oidc_records_grant")
        .on("oidc_records")
        .column("grant_ref")
        .execute();
      await db.schema
        .createIndex("oidc_records_uid")
        .on("oidc_records")
        .column("uid_ref")
        .execute();
      await db.schema
        .createIndex("oidc_records_end")
        .on("oidc_records")
        .column("expires_at")
        .execute();
      await db.schema
        .createTable("rotation_receipts")
        .addColumn("token_id", "text", (column) => column.primaryKey())
        .addColumn("grant_ref", "text", (column) => column.notNull())
        .addColumn("generation", "integer", (column) => column.notNull())
        .addColumn("sealed", blob, (column) => column.notNull())
        .addColumn("written_at", "bigint", (column) => column.notNull())
        .addColumn("expires_at", "bigint", (column) => column.notNull())
        .execute();
      await db.schema
        .createIndex("rotation_receipts_grant")
        .on("rotation_receipts")
        .column("grant_ref")
        .execute();
      await db.schema
        .createTable("app_sessions")
        .addColumn("id", "text", (column) => column.primaryKey())
        .addColumn("grant_ref", "text", (column) => column.notNull().unique())
        .addColumn("account_id", "text", (column) => column.notNull())
        .addColumn("client_id", "text", (column) => column.notNull())
        .addColumn("device_id", "text")
        .addColumn("confirmed_generation", "integer", (column) => column.notNull())
        .addColumn("created_at", "bigint", (column) => column.notNull())
        .addColumn("used_at", "bigint", (column) => column.notNull())
        .addColumn("ended_at", "bigint")
        .addColumn("ended_because", "text")
        .execute();
      await db.schema
        .createIndex("app_sessions_account")
        .on("app_sessions")
        .column("account_id")
        .execute();
      await db.schema
        .createTable("accounts")
        .addColumn("id", "text", (column) => column.primaryKey())
        .addColumn("email", "text", (column) => column.unique())
        .addColumn("email_verified_at", "bigint")
        .addColumn("password", "text")
        .addColumn("roles", "text", (column) => column.notNull())
        .addColumn("tier", "text")
        .addColumn("version", "integer", (column) => column.notNull())
        .addColumn("created_at", "bigint", (column) => column.notNull())
        .addColumn("disabled_at", "bigint")
        .execute();
      await db.schema
        .createTable("factors")
        .addColumn("id", "text", (column) => column.primaryKey())
        .addColumn("account_id", "text", (column) =>
          column.notNull().references("accounts.id").onDelete("cascade"),
        )
        .addColumn("kind", "text", (column) => column.notNull())
        .addColumn("label", "text", (column) => column.notNull())
        .addColumn("sealed", blob, (column) => column.notNull())
        .addColumn("counter", "bigint", (column) => column.notNull())
        .addColumn("created_at", "bigint", (column) => column.notNull())
        .addColumn("used_at", "bigint")
        .execute();
      await db.schema.createIndex("factors_account").on("factors").column("account_id").execute();
      await db.schema
        .createTable("devices")
        .addColumn("account_id", "text", (column) =>
          column.notNull().references("accounts.id").onDelete("cascade"),
        )
        .addColumn("id", "text", (column) => column.notNull())
        .addColumn("client_id", "text", (column) => column.notNull())
        .addColumn("label", "text", (column) => column.notNull())
        .addColumn("first_seen_at", "bigint", (column) => column.notNull())
        .addColumn("last_seen_at", "bigint", (column) => column.notNull())
        .addColumn("trusted_at", "bigint")
        .addColumn("removed_at", "bigint")
        .addPrimaryKeyConstraint("devices_key", ["account_id", "id"])
        .execute();
      await db.schema
        .createTable("identities")
        .addColumn("issuer", "text", (column) => column.notNull())
        .addColumn("subject", "text", (column) => column.notNull())
        .addColumn("account_id", "text", (column) =>
          column.notNull().references("accounts.id").onDelete("cascade"),
        )
        .addColumn("linked_at", "bigint", (column) => column.notNull())
        .addPrimaryKeyConstraint("identities_key", ["issuer", "subject"])
        .execute();
      await db.schema
        .createTable("one_time_codes")
        .addColumn("id", "text", (column) => column.primaryKey())
        .addColumn("purpose", "text", (column) => column.notNull())
        .addColumn("about", "text", (column) => column.notNull())
        .addColumn("sealed", blob, (column) => column.notNull())
        .addColumn("attempts", "integer", (column) => column.notNull())
        .addColumn("expires_at", "bigint", (column) => column.notNull())
        .execute();
      await db.schema
        .createTable("guesses")
        .addColumn("key", "text", (column) => column.primaryKey())
        .addColumn("failures", "integer", (column) => column.notNull())
        .addColumn("first_at", "bigint", (column) => column.notNull())
        .addColumn("last_at", "bigint", (column) => column.notNull())
        .execute();
      await db.schema
        .createTable("clients")
        .addColumn("id", "text", (column) => column.primaryKey())
        .addColumn("metadata", "text", (column) => column.notNull())
        .addColumn("created_at", "bigint", (column) => column.notNull())
        .addColumn("disabled_at", "bigint")
        .execute();
      await db.schema
        .createTable("signing_keys")
        .addColumn("kid", "text", (column) => column.primaryKey())
        .addColumn("algorithm", "text", (column) => column.notNull())
        .addColumn("public_jwk", "text", (column) => column.notNull())
        .addColumn("sealed", blob, (column) => column.notNull())
        .addColumn("created_at", "bigint", (column) => column.notNull())
        .addColumn("signs_from", "bigint", (column) => column.notNull())
        .addColumn("retired_at", "bigint")
        .addColumn("gone_at", "bigint")
        .execute();
      await db.schema
        .createTable("revocations")
        .addColumn("position", isPostgres(db) ? "bigserial" : "integer", (column) =>
          isPostgres(db) ? column.primaryKey() : column.primaryKey().autoIncrement(),
        )
        .addColumn("kind", "text", (column) => column.notNull())
        .addColumn("value", "text", (column) => column.notNull())
        .addColumn("least_version", "integer")
        .addColumn("before_seconds", "bigint")
        .addColumn("recorded_at", "bigint", (column) => column.notNull())
        .addColumn("expires_at", "bigint", (column) => column.notNull())
        .addUniqueConstraint("revocations_key", ["kind", "value"])
        .execute();
      await db.schema
        .createTable("audit")
        .addColumn("id", "text", (column) => column.primaryKey())
        .addColumn("at", "bigint", (column) => column.notNull())
        .addColumn("actor", "text", (column) => column.notNull())
        .addColumn("action", "text", (column) => column.notNull())
        .addColumn("about", "text", (column) => column.notNull())
        .addColumn("details", "text", (column) => column.notNull())
        .execute();
      await db.schema.createIndex("audit_at").on("audit").column("at").execute();
    },
  },
};

export const isPostgres = (db: Kysely<unknown>): boolean =>
  db.getExecutor().adapter instanceof PostgresAdapter;
