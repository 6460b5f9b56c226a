import type { Administration } from "@portcullis/identity/administration";
import type { ClientAdministration } from "@portcullis/identity/clients";
import type { Policy } from "../policy/program-policy.ts";
import type { AuditTable } from "@portcullis/identity/store";
import type { AdminTokens } from "./admin-tokens.ts";
import type { By } from "./administrator.ts";
import { auditRoutes, type VerifyAudit } from "./audit/audit.ts";
import { clientRoutes } from "./clients/clients.ts";
import type { Granting } from "./grants/granting.ts";
import { grantRoutes } from "./grants/grants.ts";
import type { Switching } from "./switches/switching.ts";
import { switchRoutes } from "./switches/switches.ts";
import type { NamedOperation } from "../policy/operation-names.ts";
import type { Guarding } from "./operations/guarding.ts";
import { operationRoutes } from "./operations/operations.ts";
import { type Health, healthRoutes } from "./health/health.ts";
import { incidentRoutes, type Incidents } from "./incidents/incidents.ts";
import { openApiDocument } from "./openapi-document.ts";
import type { Impersonating } from "./impersonations/impersonating.ts";
import { impersonationRoutes } from "./impersonations/impersonations.ts";
import { type LimitParts, limitRoutes } from "./limits/limits.ts";
import type { Pressing } from "./pressure/pressing.ts";
import { type Posture, postureRoutes } from "./posture/posture.ts";
import { pressureRoutes } from "./pressure/pressure.ts";
import { type Releases, releaseRoutes } from "./releases/releases.ts";
import { problemRoutes } from "./problems/problems.ts";
import { differencesRoute } from "./records/differences.ts";
import { type ConsoleEntry, peopleRoutes } from "./people/people.ts";
import { type Records, recordRoutes } from "./records/records.ts";
import { revocationRoutes } from "./revocations/revocations.ts";
import { ok, route, type Route } from "./route.ts";
import { tokenRoutes } from "./tokens/tokens.ts";
import { accountRoutes } from "./users/accounts.ts";
import { sessionRoutes } from "./users/sessions.ts";

/** What the admin API shows and changes, where there is a store. */
export interface Administrations {
  /** By the policy that serves at that moment. */
  readonly people: By<Administration>;
  readonly clients: By<ClientAdministration>;
  /** Who knows callers, by the policy that serves at that moment. */
  readonly identity: () => Policy["identity"];
  readonly grants: By<Granting>;
  readonly impersonations: By<Impersonating>;
  readonly nowMs: () => number;
  readonly switches: By<Switching>;
  /** Of the policy that serves at that moment. */
  readonly operations: () => readonly NamedOperation[];
  readonly tokens: AdminTokens;
  readonly audit: Pick<AuditTable, "newest">;
  readonly verifyAudit: VerifyAudit;
}

export interface AdminParts extends Health, Records, Incidents, Releases, Posture {
  readonly pressing: Pressing;
  readonly spenders: LimitParts["spenders"];
  readonly givingBack: LimitParts["givingBack"];
  readonly guarding: Guarding;
  /** Undefined where there is no store. */
  readonly administrations: Administrations | undefined;
  /** Undefined where nobody can sign in. */
  readonly console?: ConsoleEntry | undefined;
}

/** Everything that the admin API answers, in one table. */
export function adminRoutes({ administrations, console, ...parts }: AdminParts): readonly Route[] {
  const routes: Route[] = [
    ...healthRoutes(parts),
    ...recordRoutes(parts),
    ...operationRoutes(parts.guarding),
    differencesRoute({
      series: parts.series,
      releases: () => parts.releases.all(),
      switches: async () => (await administrations?.switches(undefined).list()) ?? [],
    }),
    ...problemRoutes(),
    ...incidentRoutes(parts),
    ...releaseRoutes(parts),
    ...postureRoutes(parts),
    ...pressureRoutes(parts.pressing),
    ...limitRoutes(parts),
    ...(console === undefined ? [] : peopleRoutes(console)),
    ...(administrations === undefined
      ? []
      : [
          ...accountRoutes(administrations.people),
          ...sessionRoutes(administrations.people),
          ...revocationRoutes(administrations.people, administrations.identity),
          ...clientRoutes(administrations.clients),
          ...grantRoutes(administrations.grants),
          ...impersonationRoutes(administrations.impersonations, administrations.nowMs),
          ...switchRoutes(administrations.switches, administrations.operations),
          ...tokenRoutes(administrations.tokens),
          ...auditRoutes(administrations),
        ]),
  ];
  routes.push(
    route({
      method: "GET",
      path: "/openapi.json",
      operationId: "readOpenApi",
      summary: "This document",
      needs: "viewer",
      answer: { status: 200, description: "OpenAPI 3.1.", schema: { type: "object" } },
      handle: () => ok(openApiDocument(routes)),
    }),
  );
  return routes;
}
