import type { OwnerEvidence } from "@portcullis/guard/ownership";
import type { FleetReports } from "../gate/fleet.ts";
import type { FaultCounts } from "../watch/fault-counts.ts";
import type { KeptRecords } from "../watch/kept/kept-records.ts";
import type { RecordIntake } from "../watch/record-intake.ts";
import type { SharedParts } from "../watch/shared-parts.ts";
import type { Spenders } from "../watch/spenders.ts";
import type { SourceCounts } from "../watch/source-counts.ts";
import type { TokenTimes } from "../watch/token-times.ts";
import type { AttackWatching } from "./attack-watching.ts";
import type { QuotaAnswering } from "./answer-quotas.ts";
import type { keepClock } from "./clock-keeping.ts";
import type { TrustedIssuer } from "./trusted-issuer.ts";
import { usersOf } from "./wanted-parts.ts";

/** Who is told of what gate threads report. */
export interface ToldByGates {
  readonly records: RecordIntake;
  /** Undefined where no records are kept. */
  readonly kept: Pick<KeptRecords, "addSubjects"> | undefined;
  readonly evidence: OwnerEvidence;
  readonly tokenTimes: TokenTimes;
  readonly spenders: Spenders;
  readonly sources: SourceCounts;
  readonly clock: Pick<ReturnType<typeof keepClock>, "hear">;
  readonly issuer: TrustedIssuer;
  readonly quotas: QuotaAnswering;
  readonly sharedParts: SharedParts;
  readonly faults: FaultCounts;
  readonly attacks: Pick<AttackWatching, "revoke">;
  readonly say: (message: string) => void;
  readonly onManyEnds: () => void;
}

/** What gate threads report, each to the part that it is for. */
export function fleetReports(told: ToldByGates): FleetReports {
  const { clock, evidence, faults, issuer, kept, quotas, records, say, sharedParts } = told;
  return {
    openRecords: (memory) => records.open(memory),
    closeRecords: (memory) => records.close(memory),
    onRecords: () => records.take(),
    onSubjects: (day, subjects) => kept?.addSubjects(day, subjects),
    onMissed: (count, more) => records.miss(count, more),
    onEvidence: (rows) => evidence.merge(rows),
    onSpending: (spending) => told.spenders.merge(spending),
    onTokenTimes: (times) => told.tokenTimes.merge(times),
    onSources: (counted) => told.sources.merge(counted),
    onTime: (witness, aheadMs) => clock.hear(witness, aheadMs),
    onUnknownKey: (keysId) => issuer.askAgain(keysId),
    onLearned: (name, entry) => issuer.learned(name, entry),
    onImpersonate: (wish) => issuer.impersonate(wish),
    onQuotas: (questions) => quotas.answer(questions),
    onHeldCaller: (rule, caller) => told.attacks.revoke(rule, caller),
    onSeen: (generations) => issuer.seen(generations),
    onTrouble: say,
    onPart: (thread, part, lost) => sharedParts.note(part, usersOf(part, thread), lost),
    onThreadEnd: (thread) => sharedParts.forget(thread),
    onManyEnds: told.onManyEnds,
    onFault: (message) => {
      faults.note("gate");
      say(message);
    },
  };
}
