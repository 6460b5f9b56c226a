// Written by npm run docs from the table of routes of the admin API: change it there.
import type { AdminTokensApi } from "./admin-tokens.ts";
import type { AlertsApi } from "./alerts.ts";
import type { AuditApi } from "./audit.ts";
import type { ClientsApi } from "./clients.ts";
import type { ConsoleApi } from "./console.ts";
import type { DetectorsApi } from "./detectors.ts";
import type { DifferencesApi } from "./differences.ts";
import type { EvidenceApi } from "./evidence.ts";
import type { ForecastApi } from "./forecast.ts";
import type { GrantsApi } from "./grants.ts";
import type { HealthzApi } from "./healthz.ts";
import type { ImpersonationsApi } from "./impersonations.ts";
import type { IncidentsApi } from "./incidents.ts";
import type { LimitsApi } from "./limits.ts";
import type { MetricsApi } from "./metrics.ts";
import type { MutesApi } from "./mutes.ts";
import type { OpenapiApi } from "./openapi.ts";
import type { OperationsApi } from "./operations.ts";
import type { PostureApi } from "./posture.ts";
import type { PressureApi } from "./pressure.ts";
import type { ProblemsApi } from "./problems.ts";
import type { PseudonymsApi } from "./pseudonyms.ts";
import type { ReadyApi } from "./ready.ts";
import type { ReadyzApi } from "./readyz.ts";
import type { RecordsApi } from "./records.ts";
import type { ReleasesApi } from "./releases.ts";
import type { RevocationsApi } from "./revocations.ts";
import type { SeriesApi } from "./series.ts";
import type { SourcesApi } from "./sources.ts";
import type { SwitchesApi } from "./switches.ts";
import type { UsersApi } from "./users.ts";

/** Every question that the admin API answers. */
export interface AdminApi
  extends AdminTokensApi,
    AlertsApi,
    AuditApi,
    ClientsApi,
    ConsoleApi,
    DetectorsApi,
    DifferencesApi,
    EvidenceApi,
    ForecastApi,
    GrantsApi,
    HealthzApi,
    ImpersonationsApi,
    IncidentsApi,
    LimitsApi,
    MetricsApi,
    MutesApi,
    OpenapiApi,
    OperationsApi,
    PostureApi,
    PressureApi,
    ProblemsApi,
    PseudonymsApi,
    ReadyApi,
    ReadyzApi,
    RecordsApi,
    ReleasesApi,
    RevocationsApi,
    SeriesApi,
    SourcesApi,
    SwitchesApi,
    UsersApi {}
