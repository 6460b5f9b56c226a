import type { Kysely, Migration } from "kysely";
import { administration } from "./migrations/administration.ts";
import { consoleAccess } from "./migrations/console-access.ts";
import { counters } from "./migrations/counters.ts";
import { epochs, families } from "./migrations/epochs.ts";
import { firstTables } from "./migrations/first-tables.ts";
import { impersonations } from "./migrations/impersonations.ts";
import { limitQuotas } from "./migrations/limit-quotas.ts";
import { incidents } from "./migrations/incidents.ts";
import { grants } from "./migrations/grants.ts";
import { learnedCallers } from "./migrations/learned-callers.ts";
import { releases } from "./migrations/releases.ts";
import { mutes } from "./migrations/mutes.ts";
import { responses } from "./migrations/responses.ts";
import { switches } from "./migrations/switches.ts";

const afterwards: Readonly<Record<string, Migration>> = {
  "0002-account-of-records": {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema.alterTable("oidc_records").addColumn("account_ref", "text").execute();
      await db.schema
        .createIndex("oidc_records_account")
        .on("oidc_records")
        .column("account_ref")
        .execute();
    },
  },
};

/**
 * Forward only; each is safe beside a program of the version before it, which goes on serving
 * meanwhile.
 */
export const migrations: Readonly<Record<string, Migration>> = {
  ...firstTables,
  ...afterwards,
  ...epochs,
  ...families,
  ...counters,
  ...learnedCallers,
  ...administration,
  ...limitQuotas,
  ...grants,
  ...impersonations,
  ...incidents,
  ...switches,
  ...releases,
  ...responses,
  ...consoleAccess,
  ...mutes,
};
