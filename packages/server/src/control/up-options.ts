import type { PlanBytes } from "../policy/plan-bytes.ts";
import type { Planned, PlanSummary } from "../policy/planned.ts";
import type { Policy } from "../policy/program-policy.ts";
import type { FaultCounts } from "../watch/fault-counts.ts";

/** What the program is started with. */
export interface UpOptions {
  readonly planned: Planned & { readonly plan: PlanSummary; readonly policy: Policy };
  /** Reads policy and documents again, on a thread of its own. */
  readonly read: (before: PlanBytes) => Promise<Planned>;
  /** Where `.portcullis/` lies. */
  readonly directory: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The file descriptor that records go to; the standard output unless given. */
  readonly recordsTo: number | undefined;
  /** What a person at the terminal should know. */
  readonly say: (message: string) => void;
  /** Where what fails beside the requests is counted. */
  readonly faults: FaultCounts;
  /** Called before the first request can come: from then on no fault beside the requests ends it all. */
  readonly onServing: () => void;
  /** Said when a changed policy was read: its faults, or none. */
  readonly onReloaded: (read: Planned) => void;
}
