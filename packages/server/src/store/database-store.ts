import type { Store, Tables } from "@portcullis/identity/store";
import type { Kysely } from "kysely";
import type { SealedTables } from "./reseal.ts";
import type { Schema } from "./schema.ts";
import { StoreState } from "./store-state.ts";
import { AccountRows } from "./tables/accounts.ts";
import { AdminTokenRows } from "./tables/admin-tokens.ts";
import { AppSessionRows } from "./tables/app-sessions.ts";
import { AuditHeadRows } from "./tables/audit-head.ts";
import { AuditRows } from "./tables/audit.ts";
import { ClientRows } from "./tables/clients.ts";
import { ConsoleLinkRows } from "./tables/console-links.ts";
import { ConsolePasskeyRows } from "./tables/console-passkeys.ts";
import { ConsolePersonRows } from "./tables/console-people.ts";
import { ConsoleSessionRows } from "./tables/console-sessions.ts";
import { CounterRows } from "./tables/counters.ts";
import { DeviceRows } from "./tables/devices.ts";
import { FactorRows } from "./tables/factors.ts";
import { GrantRows } from "./tables/grants.ts";
import { IncidentRows } from "./tables/incidents.ts";
import { MuteRows } from "./tables/mutes.ts";
import { ResponseRows } from "./tables/responses.ts";
import { SwitchRows } from "./tables/switches.ts";
import { IdentityRows } from "./tables/identities.ts";
import { KnownBrowserRows } from "./tables/known-browsers.ts";
import { ImpersonationRows } from "./tables/impersonations.ts";
import { LearnedCallerRows } from "./tables/learned-callers.ts";
import { LimitQuotaRows } from "./tables/limit-quotas.ts";
import { OidcRecordRows } from "./tables/oidc-records.ts";
import { OneTimeCodeRows } from "./tables/one-time-codes.ts";
import { ReleaseRows } from "./tables/releases.ts";
import { RestorationRows } from "./tables/restorations.ts";
import { RevocationRows } from "./tables/revocations.ts";
import { ReceiptRows } from "./tables/rotation-receipts.ts";
import { SecretRows } from "./tables/secrets.ts";
import { SigningKeyRows } from "./tables/signing-keys.ts";

/** Every table over one database, or over one of its transactions. */
class DatabaseTables implements Tables, SealedTables {
  readonly accounts: AccountRows;
  readonly adminTokens: AdminTokenRows;
  readonly appSessions: AppSessionRows;
  readonly audit: AuditRows;
  readonly auditHead: AuditHeadRows;
  readonly clients: ClientRows;
  readonly consoleLinks: ConsoleLinkRows;
  readonly consolePasskeys: ConsolePasskeyRows;
  readonly consolePeople: ConsolePersonRows;
  readonly consoleSessions: ConsoleSessionRows;
  readonly counters: CounterRows;
  readonly devices: DeviceRows;
  readonly factors: FactorRows;
  readonly identities: IdentityRows;
  readonly impersonations: ImpersonationRows;
  readonly knownBrowsers: KnownBrowserRows;
  readonly limitQuotas: LimitQuotaRows;
  readonly oidcRecords: OidcRecordRows;
  readonly oneTimeCodes: OneTimeCodeRows;
  readonly restorations: RestorationRows;
  readonly revocations: RevocationRows;
  readonly rotationReceipts: ReceiptRows;
  readonly secrets: SecretRows;
  readonly signingKeys: SigningKeyRows;

  constructor(db: Kysely<Schema>) {
    this.accounts = new AccountRows(db);
    this.adminTokens = new AdminTokenRows(db);
    this.appSessions = new AppSessionRows(db);
    this.audit = new AuditRows(db);
    this.auditHead = new AuditHeadRows(db);
    this.clients = new ClientRows(db);
    this.consoleLinks = new ConsoleLinkRows(db);
    this.consolePasskeys = new ConsolePasskeyRows(db);
    this.consolePeople = new ConsolePersonRows(db);
    this.consoleSessions = new ConsoleSessionRows(db);
    this.counters = new CounterRows(db);
    this.devices = new DeviceRows(db);
    this.factors = new FactorRows(db);
    this.identities = new IdentityRows(db);
    this.impersonations = new ImpersonationRows(db);
    this.knownBrowsers = new KnownBrowserRows(db);
    this.limitQuotas = new LimitQuotaRows(db);
    this.oidcRecords = new OidcRecordRows(db);
    this.oneTimeCodes = new OneTimeCodeRows(db);
    this.restorations = new RestorationRows(db);
    this.revocations = new RevocationRows(db);
    this.rotationReceipts = new ReceiptRows(db);
    this.secrets = new SecretRows(db);
    this.signingKeys = new SigningKeyRows(db);
  }
}

/** The identity package's store, over SQLite or PostgreSQL. */
export class DatabaseStore extends DatabaseTables implements Store {
  readonly grants: GrantRows;
  readonly switches: SwitchRows;
  readonly learnedCallers: LearnedCallerRows;
  readonly incidents: IncidentRows;
  readonly releases: ReleaseRows;
  readonly mutes: MuteRows;
  readonly responses: ResponseRows;
  readonly #db: Kysely<Schema>;
  readonly #state: StoreState;
  #isTrying = false;

  constructor(db: Kysely<Schema>, state = new StoreState()) {
    super(db);
    this.grants = new GrantRows(db);
    this.switches = new SwitchRows(db);
    this.learnedCallers = new LearnedCallerRows(db);
    this.incidents = new IncidentRows(db);
    this.releases = new ReleaseRows(db);
    this.mutes = new MuteRows(db);
    this.responses = new ResponseRows(db);
    this.#db = db;
    this.#state = state;
  }

  /**
   * Why nothing could be written when it was last tried; undefined where it could. Tries again when
   * it is asked: a store may go on answering readers.
   */
  get lost(): string | undefined {
    if (this.#state.lost !== undefined) void this.#tryToWrite();
    return this.#state.lost;
  }

  async #tryToWrite(): Promise<void> {
    if (this.#isTrying) return;
    this.#isTrying = true;
    // There is no such row: what matters is that the database lets it be written.
    await this.counters.forget("").catch(() => undefined);
    this.#isTrying = false;
  }

  inTransaction<T>(work: (tables: DatabaseTables) => Promise<T>): Promise<T> {
    return this.#db.transaction().execute((transaction) => work(new DatabaseTables(transaction)));
  }

  close(): Promise<void> {
    return this.#db.destroy();
  }
}
