import type { Caller } from "../../facts/caller.ts";
import type { Facts, Known } from "../../facts/facts.ts";
import { refuse, type Refusal } from "../../facts/refusal.ts";
import type { OnLoss } from "../../policy/state-setting.ts";
import type { Bucket, LimitState, Taken } from "../../state/state.ts";
import type { Bounds } from "./bounds.ts";
import { type CompiledLimit, compileLimit, type MeasuredFacts } from "./compile-limit.ts";
import { type CountedFacts, readsBody } from "./limit-key.ts";
import { problems } from "./problems.ts";
import { Reservation } from "./reservation.ts";
import type { LimitRule, Tiers } from "./rules.ts";
import { type Asking, refusalOf, type Telling, tellNearest } from "./tell-limits.ts";

/** What is known of a request when it takes from its limits. */
export type TakingFacts = MeasuredFacts &
  Pick<Facts, "caller" | "reserved"> &
  Pick<Known<never>, "answerFields" | "receivedAtMs">;

/** Takes from every bucket or from none. Fields for the answer go to `answerFields`. */
export type TakeLimits = (
  counted: TakingFacts,
) => Refusal | undefined | Promise<Refusal | undefined>;

export interface TakingParts extends Telling {
  readonly state: LimitState;
  readonly tiers: Tiers;
  readonly onStateLoss: OnLoss;
  readonly operation: string;
}

/**
 * The limits of one operation, in the two moments they can be judged: before the body is read, and
 * after it where they count by it. What the second refuses gives back what the first has taken.
 */
export function compileLimits(
  rules: readonly LimitRule[],
  parts: TakingParts,
): { readonly before: TakeLimits | undefined; readonly after: TakeLimits | undefined } {
  const byAddress = rules.some(({ per }) => per.includes("address"));
  const ofBody = rules.filter(isOfBody);
  const takes = (wanted: readonly LimitRule[]): TakeLimits | undefined =>
    wanted.length === 0
      ? undefined
      : compileTake(
          wanted.map((rule) => compileLimit(rule, { ...parts, byAddress })),
          parts,
        );
  return { before: takes(rules.filter((rule) => !isOfBody(rule))), after: takes(ofBody) };
}

const isOfBody = ({ measure, per }: LimitRule): boolean => readsBody(per) || measure.of === "sum";

/** Whether what became of the request decides what the limit keeps. */
export const isSettled = ({ count, kind }: LimitRule): boolean =>
  count !== "all" || kind === "concurrent";

function compileTake(limits: readonly CompiledLimit[], parts: TakingParts): TakeLimits {
  const { state } = parts;
  const ofStrangers = limits.filter(({ skipsStrangers }) => !skipsStrangers);
  const areMeasured = limits.some(({ costOf }) => costOf !== undefined);
  const [ofCallers, fewer] = [roomFor(limits), roomFor(ofStrangers)];
  return (counted) => {
    const these = counted.caller === undefined ? ofStrangers : limits;
    if (these.length === 0) return undefined;
    if (areMeasured) return takeMeasured(these, counted, parts);
    const room = these === limits ? ofCallers : fewer;
    const [asked, buckets] = [room.bounds.slice(), room.buckets.slice()];
    for (let index = 0; index < these.length; index += 1) {
      const limit = these[index] as CompiledLimit;
      const bounds = limit.boundsOf(counted);
      asked[index] = bounds;
      buckets[index] = bounds.bucketOf(
        limit.whoOf(counted),
        counted.receivedAtMs,
        limit.inventorsOf?.(counted),
      );
    }
    const by = counted.caller?.acting?.by;
    if (by !== undefined) addOfHand(by, these, asked, buckets, counted);
    const taken = state.takeAll(buckets);
    return taken instanceof Promise
      ? waitFor(taken, counted, { asked, buckets }, parts)
      : conclude(taken, counted, { asked, buckets }, parts);
  };
}

/** The same where requests say themselves what they take; where that is 0, nothing is asked. */
function takeMeasured(
  limits: readonly CompiledLimit[],
  counted: TakingFacts,
  parts: TakingParts,
): Refusal | undefined | Promise<Refusal | undefined> {
  const asking: { asked: Bounds[]; buckets: Bucket[] } = { asked: [], buckets: [] };
  const by = counted.caller?.acting?.by;
  for (const limit of limits) {
    const cost = limit.costOf?.(counted);
    if (cost === undefined && limit.costOf !== undefined) {
      giveBack(counted);
      return unreadable;
    }
    if (cost === 0) continue;
    const bounds = limit.boundsOf(counted);
    const inventors = limit.inventorsOf?.(counted);
    const who = limit.whoOf(counted);
    asking.asked.push(bounds);
    asking.buckets.push(bounds.bucketOf(who, counted.receivedAtMs, inventors, cost));
    if (by !== undefined) addOfHand(by, [limit], asking.asked, asking.buckets, counted, cost);
  }
  if (asking.buckets.length === 0) return undefined;
  const taken = parts.state.takeAll(asking.buckets);
  return taken instanceof Promise
    ? waitFor(taken, counted, asking, parts)
    : conclude(taken, counted, asking, parts);
}

/** Lists of the right length: one that grows takes room for more than most requests fill. */
function roomFor(limits: readonly CompiledLimit[]): {
  readonly bounds: readonly Bounds[];
  readonly buckets: readonly Bucket[];
} {
  const none = limits.map(() => undefined) as readonly unknown[];
  return { bounds: none as readonly Bounds[], buckets: none as readonly Bucket[] };
}

/** Whoever acts for a thousand people would otherwise have the limits of a thousand. */
function addOfHand(
  by: Caller,
  limits: readonly CompiledLimit[],
  asked: Bounds[],
  buckets: Bucket[],
  { address, app, body, caller, receivedAtMs }: TakingFacts,
  cost?: number,
): void {
  const hand: CountedFacts = { address, app, body, caller: by };
  for (const limit of limits) {
    const whose = limit.whoOf(hand);
    if (whose === limit.whoOf({ address, app, body, caller })) continue;
    const bounds = limit.boundsOf(hand);
    asked.push(bounds);
    buckets.push(bounds.bucketOf(whose, receivedAtMs, limit.inventorsOf?.(hand), cost));
  }
}

const waitFor = (
  taken: Promise<Taken>,
  counted: TakingFacts,
  asking: Asking,
  parts: TakingParts,
): Promise<Refusal | undefined> =>
  taken.then(
    (one) => conclude(one, counted, asking, parts),
    (fault: unknown) => {
      giveBack(counted);
      return unknown(fault);
    },
  );

function conclude(
  taken: Taken,
  counted: TakingFacts,
  asking: Asking,
  parts: TakingParts,
): Refusal | undefined {
  const atMs = counted.receivedAtMs;
  if (taken.refusedBy !== -1) {
    giveBack(counted);
    return refusalOf(taken, asking, atMs, parts);
  }
  // A full backend may yet give the request up, which then has cost nothing.
  reservationOf(counted).add(taken, asking.asked, asking.buckets);
  tellNearest(taken, asking.asked, atMs, parts, counted.answerFields);
  return undefined;
}

function reservationOf(counted: TakingFacts): Reservation {
  const { reserved } = counted;
  if (reserved instanceof Reservation) return reserved;
  const reservation = new Reservation();
  counted.reserved = reservation;
  return reservation;
}

function giveBack(counted: TakingFacts): void {
  counted.reserved?.giveBack();
  counted.reserved = undefined;
}

/** An amount that is left out may be the largest that the backend knows. */
const unreadable = refuse(problems["amount-unreadable"], {
  detail: "the number that a limit sums up is not there, or could be read in two ways",
});

/** What is shared is lost, and a limit does not let each process count alone. */
const unknown = (fault: unknown): Refusal =>
  refuse(problems["limit-unknown"], { detail: (fault as Error).message, retryAfterSeconds: 2 });
