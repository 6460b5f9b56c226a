import type { RuleKind } from "@portcullis/guard/state";
import type { KeyKind } from "../detectors/evidence.ts";
import type { Explaining } from "../incidents/telling.ts";
import type { Reach } from "./reach.ts";
import type { ResponseAct } from "./response.ts";

/** Whom each act may be about, the narrowest first. Nothing is ever done about an account. */
const kindsOf: Readonly<Record<ResponseAct, readonly KeyKind[]>> = {
  pressure: ["device", "subject", "client", "address", "network", "program"],
  stepUp: ["device", "subject", "client", "address"],
  // A person who is refused everywhere is locked out, by whoever has their password.
  quarantine: ["device", "client", "address"],
  revoke: ["device", "subject"],
  enforce: ["everybody"],
};

const wide: ReadonlySet<KeyKind> = new Set<RuleKind>(["client", "address", "network", "program"]);
/** So many people who are known by their devices are not an attacker. */
const knownPeople = 3;
/** Who has watched for less than this does not know who is behind an address. */
const leastWatchedMs = 3_600_000;

/** What would be done, or why it would not. */
export interface Permit {
  readonly key: Explaining | undefined;
  readonly reach: Reach | undefined;
  /** Undefined where it may be done. */
  readonly because: string | undefined;
}

export interface PermitParts {
  readonly act: ResponseAct;
  /** What explains the incident, the narrowest first; undefined where that is not known any more. */
  readonly explaining: readonly Explaining[] | undefined;
  readonly reachOf: (key: Explaining) => Reach;
  /** The largest share of people that may be reached. */
  readonly mostShare: number;
  readonly nowMs: number;
  /** Whether nobody looks at it first. */
  readonly isAutomatic: boolean;
}

/**
 * The narrowest key that an act may be about. Whoever else is behind it decides: an address that
 * people share is left alone, however much of the attack comes from it.
 */
export function permit(parts: PermitParts): Permit {
  const { act, explaining, isAutomatic, mostShare, nowMs, reachOf } = parts;
  if (explaining === undefined)
    return no("nothing of it was seen since the program was started, so that nobody can be told");
  const key = explaining.find(({ kind }) => kindsOf[act].includes(kind));
  if (key === undefined) return no(`${whyNobody(act)}: ${wordsOf(explaining)}`);
  const reach = reachOf(key);
  const { counted, of, people, sinceMs } = reach;
  const deny = (because: string): Permit => ({ key, reach, because });
  if (wide.has(key.kind)) {
    if (people >= knownPeople)
      return deny(`${people} ${counted} people have had success from this ${key.kind} in a day`);
    if (isAutomatic && (sinceMs === undefined || nowMs - sinceMs < leastWatchedMs))
      return deny(`who else is behind this ${key.kind} is known only after an hour of watching`);
  }
  const most = mostPeople(mostShare, of);
  if (people > most)
    return deny(`it would touch ${people} people, and ${most} of ${of} is the most`);
  return { key, reach, because: undefined };
}

/** A share of few people would be nobody. */
export const mostPeople = (share: number, of: number): number =>
  Math.max(knownPeople - 1, Math.floor(share * of));

const no = (because: string): Permit => ({ key: undefined, reach: undefined, because });

const whyNobody = (act: ResponseAct): string =>
  act === "quarantine"
    ? "no device or address explains four fifths of it, and accounts are never locked"
    : "nothing narrow enough explains four fifths of it";

const wordsOf = (explaining: readonly Explaining[]): string =>
  explaining.map(({ kind }) => kind).join(", ");
