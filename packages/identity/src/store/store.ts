import type { AccountTable } from "./accounts.ts";
import type { AppSessionTable } from "./app-sessions.ts";
import type { AuditTable } from "./audit.ts";
import type { ClientTable } from "./clients.ts";
import type { CounterTable } from "./counters.ts";
import type { DeviceTable } from "./devices.ts";
import type { FactorTable } from "./factors.ts";
import type { IdentityTable } from "./identities.ts";
import type { KnownBrowserTable } from "./known-browsers.ts";
import type { OidcRecordTable } from "./oidc-records.ts";
import type { OneTimeCodeTable } from "./one-time-codes.ts";
import type { RestorationTable } from "./restorations.ts";
import type { RevocationTable } from "./revocations.ts";
import type { ReceiptTable } from "./rotation-receipts.ts";
import type { SecretTable } from "./secrets.ts";
import type { SigningKeyTable } from "./signing-keys.ts";

/** What the authorization server keeps, table by table. */
export interface Tables {
  readonly accounts: AccountTable;
  readonly appSessions: AppSessionTable;
  readonly audit: AuditTable;
  readonly clients: ClientTable;
  readonly counters: CounterTable;
  readonly devices: DeviceTable;
  readonly factors: FactorTable;
  readonly identities: IdentityTable;
  readonly knownBrowsers: KnownBrowserTable;
  readonly oidcRecords: OidcRecordTable;
  readonly oneTimeCodes: OneTimeCodeTable;
  readonly restorations: RestorationTable;
  readonly revocations: RevocationTable;
  readonly rotationReceipts: ReceiptTable;
  readonly secrets: SecretTable;
  readonly signingKeys: SigningKeyTable;
}

/** The durable store, which somebody else opens and closes. Each method is one statement or more. */
export interface Store extends Tables {
  /**
   * All that `work` does through the tables it is given is done when the promise resolves, durable
   * and at once; when `work` throws, none of it is.
   */
  inTransaction<T>(work: (tables: Tables) => Promise<T>): Promise<T>;
}

export type * from "./accounts.ts";
export type * from "./app-sessions.ts";
export type * from "./audit.ts";
export type * from "./clients.ts";
export type * from "./counters.ts";
export type * from "./devices.ts";
export type * from "./factors.ts";
export type * from "./identities.ts";
export type * from "./known-browsers.ts";
export type * from "./oidc-records.ts";
export type * from "./one-time-codes.ts";
export type * from "./restorations.ts";
export type * from "./revocations.ts";
export type * from "./rotation-receipts.ts";
export type * from "./sealing.ts";
export type * from "./secrets.ts";
export type * from "./signing-keys.ts";
