import type { Administration } from "@portcullis/identity/administration";
import type { ClientAdministration } from "@portcullis/identity/clients";
import type { AuditTable } from "@portcullis/identity/store";
import { auditRoutes } from "./audit/audit.ts";
import { clientRoutes } from "./clients/clients.ts";
import { type Health, healthRoutes } from "./health/health.ts";
import { openApiDocument } from "./openapi-document.ts";
import { type Records, recordRoutes } from "./records/records.ts";
import { ok, route, type Route } from "./route.ts";
import { accountRoutes } from "./users/accounts.ts";
import { sessionRoutes } from "./users/sessions.ts";

/** What the admin API shows and changes, where there is a store. */
export interface Administrations {
  /** By the policy that serves at that moment. */
  readonly people: () => Administration;
  readonly clients: () => ClientAdministration;
  readonly audit: Pick<AuditTable, "newest">;
}

export interface AdminParts extends Health, Records {
  /** Undefined where there is no store. */
  readonly administrations: Administrations | undefined;
}

/** Everything that the admin API answers, in one table. */
export function adminRoutes({ administrations, ...parts }: AdminParts): readonly Route[] {
  const routes: Route[] = [
    ...healthRoutes(parts),
    ...recordRoutes(parts),
    ...(administrations === undefined
      ? []
      : [
          ...accountRoutes(administrations.people),
          ...sessionRoutes(administrations.people),
          ...clientRoutes(administrations.clients),
          ...auditRoutes(administrations.audit),
        ]),
  ];
  routes.push(
    route({
      method: "GET",
      path: "/openapi.json",
      operationId: "readOpenApi",
      summary: "This document",
      needs: "admin credential",
      answer: { status: 200, description: "OpenAPI 3.1.", schema: { type: "object" } },
      handle: () => ok(openApiDocument(routes)),
    }),
  );
  return routes;
}
