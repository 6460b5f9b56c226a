import { ruleActs } from "@portcullis/guard/state";
import type { AttackKey } from "../detectors/evidence.ts";
import type { NamedKey } from "../incidents/incident.ts";

/** What can be done about an incident. `enforce` sets a control to enforce where it was attacked. */
export const responseActs = [...ruleActs, "enforce"] as const;
export type ResponseAct = (typeof responseActs)[number];

/** Who does it: a detector by the policy, or a person at the admin API. */
export const actorOfDetector = (detector: string): string => `detector:${detector}`;
export const isByDetector = (by: string): boolean => by.startsWith("detector:");

/** Something that is done about an incident, from then until then. */
export interface Response {
  readonly id: string;
  readonly incident: string;
  readonly act: ResponseAct;
  /** By its keyed hash: gates know nobody by name. Zero for everybody. */
  readonly key: AttackKey;
  /** The same by a name that may be shown. */
  readonly named: NamedKey;
  readonly operations: readonly string[];
  /** What is enforced; only of `enforce`. */
  readonly control: string | undefined;
  /** Switches that were thrown for it. */
  readonly switches: readonly string[];
  /** How many honest people it reached in the day before, and of how many. */
  readonly people: number;
  readonly of: number;
  readonly by: string;
  readonly reason: string;
  readonly createdAtMs: number;
  readonly endsAtMs: number;
  readonly undoneAtMs: number | undefined;
  readonly undoneBy: string | undefined;
}

export const holdsAt = ({ endsAtMs, undoneAtMs }: Response, nowMs: number): boolean =>
  undoneAtMs === undefined && endsAtMs > nowMs;

/** Where responses stand, so that every node and the next start know them. */
export interface ResponseStore {
  add(response: Response): Promise<void>;
  /** Moves the end of one that holds. */
  prolong(id: string, endsAtMs: number, nowMs: number): Promise<void>;
  /** @returns what was taken back; undefined where it does not hold, whoever asks at once */
  undo(id: string, by: string, nowMs: number): Promise<Response | undefined>;
  /** Those that hold, in the order in which they were begun. */
  active(nowMs: number, most: number): Promise<readonly Response[]>;
  /** Everything that was ever done about one incident, the newest first. */
  ofIncident(incident: string): Promise<readonly Response[]>;
  /** Differs after every change. */
  mark(): Promise<string>;
  removeBefore(endedAtMs: number): Promise<void>;
}
