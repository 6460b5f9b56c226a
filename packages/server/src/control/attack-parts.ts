import type { Policy } from "../policy/program-policy.ts";
import type { StoreSealing } from "../store/sealing.ts";
import type { IncidentStore } from "../watch/incidents/incident-keeping.ts";
import type { Release } from "../watch/releases/release.ts";
import type { ReleaseStore } from "../watch/releases/release-book.ts";
import type { Alert } from "../watch/sinks/alerting.ts";
import type { MuteStore } from "../watch/sinks/mutes.ts";
import type { DeliveryCounts } from "../watch/sinks/delivery.ts";
import type { ResponsePorts } from "./attack-responses.ts";

/** Where what was found, and what explains it, outlives the program. */
export interface AttackStores {
  readonly incidents: IncidentStore;
  readonly releases: ReleaseStore;
  readonly mutes: MuteStore;
}

/** What looking for attacks needs of the program around it. */
export interface AttackWatchingParts {
  readonly policy: Policy;
  /** What operations are for. */
  readonly roles: readonly string[];
  /** Undefined where there is no store: then incidents last as long as the process. */
  readonly store: AttackStores | undefined;
  readonly recordSecret: Uint8Array;
  /** Who is told, by the policy. */
  readonly alerts: readonly Alert[];
  readonly responses: ResponsePorts;
  /** What seals the keys of an incident that is kept; undefined where there is no store. */
  readonly sealing: Pick<StoreSealing, "open" | "seal"> | undefined;
  /** Milliseconds since 1970, by the clock that records have. */
  readonly nowMs: () => number;
  readonly say: (message: string) => void;
}

/** What `/metrics` tells of detectors. */
export interface AttackCounts {
  /** Open ones, by severity. */
  readonly incidents: Readonly<Record<string, number>>;
  /** Notices, by the host that they are sent to. */
  readonly sinks: Readonly<Record<string, DeliveryCounts>>;
  /** The newest, by app and version. */
  readonly releases: readonly Release[];
  /** What is done about incidents just now, by what it does. */
  readonly responses: Readonly<Record<string, number>>;
  readonly clockSet: number;
  readonly faults: number;
}
