import type { DecisionRecord, OnSpent } from "@portcullis/guard";
import type { OwnerEvidence } from "@portcullis/guard/ownership";
import type {
  ImpersonationState,
  OnLearned,
  QuotaStore,
  ResponseTable,
} from "@portcullis/guard/state";
import type { Caller, HeldCaller } from "@portcullis/guard/tokens";

/** What the gate of a thread tells of its requests. */
export interface GateReports {
  readonly record: (record: DecisionRecord) => void;
  /** Whom the pseudonym in a record stands for; undefined where nobody keeps it. */
  readonly onSubject?: ((pseudonym: string, subject: string, atMs: number) => void) | undefined;
  /** A request has ended: what it has spent. */
  readonly onSpent: OnSpent;
  readonly evidence: OwnerEvidence;
  /** Where quotas are kept. */
  readonly quotas: QuotaStore;
  /** Where it is kept who acts in whose name. */
  readonly impersonations: ImpersonationState;
  readonly onUnknownKey: (keysId: string | undefined) => void;
  readonly onNewToken: (caller: Caller) => void;
  /** Somebody has signed in, or is forgotten: to be kept where it outlives the process. */
  readonly onLearned: OnLearned;
  /** What is done about attacks, and who is told whose credentials that revokes. */
  readonly holding: {
    readonly responses: ResponseTable;
    readonly onHeldCaller: (rule: string, caller: HeldCaller) => void;
  };
  readonly onTokenTimes: (life: number | undefined, age: number | undefined) => void;
  readonly onTrouble: (message: string) => void;
  /** How far another machine's clock is ahead of the one that threads share. */
  readonly onTime: (witness: string, aheadMs: number) => void;
  /** Why a part that many requests share is lost; undefined: it has answered. */
  readonly onPart: (part: string, lost: string | undefined) => void;
}
