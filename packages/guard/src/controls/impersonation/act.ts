import type { Caller } from "../../facts/caller.ts";
import type { Known } from "../../facts/facts.ts";
import { isRefusal, refuse, type Refusal } from "../../facts/refusal.ts";
import type { GrantState } from "../../state/grants.ts";
import type { Impersonation, ImpersonationState, NotBegun } from "../../state/impersonations.ts";
import type { Check } from "../check.ts";
import { type ActingCallerOf, type ActingPair, compileActingCaller } from "./acting-caller.ts";
import { type FindSubject, type Person, unavailable } from "./find-subject.ts";
import { Guesses } from "./guesses.ts";
import type { ImpersonationPlan } from "./plan.ts";
import { problems } from "./problems.ts";
import { compileReadPair, notFor, speaksOfActing } from "./read-pair.ts";

/** What the program around the gate provides. */
export interface ImpersonationPorts {
  /** Where sessions are kept; needed where the policy lets somebody act for others. */
  readonly impersonations?: ImpersonationState | undefined;
  readonly grants?: GrantState | undefined;
  readonly revocations?: { check(caller: Caller): Refusal | undefined } | undefined;
}

/** What all operations share. */
export interface ActParts extends ImpersonationPorts {
  readonly plan: ImpersonationPlan;
  readonly sessions: ImpersonationState;
  /** Undefined where the store knows people, or a grant names them. */
  readonly findSubject: FindSubject | undefined;
  readonly actingCallerOf: ActingCallerOf;
  readonly guesses: Guesses;
}

export type ActNeeds =
  | "actingAsked"
  | "address"
  | "believes"
  | "bindingJudged"
  | "caller"
  | "envelope"
  | "fields"
  | "forwardFields"
  | "host"
  | "scheme"
  | "traceId";
export type ActGives = "actingJudged" | "believes" | "caller";
type Facts = Known<ActNeeds, ActGives>;

/** Of each actor within a minute, in each thread: a person who mistypes needs fewer. */
const mostGuesses = 30;

export const openActing = (
  plan: ImpersonationPlan,
  sessions: ImpersonationState,
  findSubject: FindSubject | undefined,
  { grants, revocations }: ImpersonationPorts,
): ActParts => ({
  plan,
  sessions,
  findSubject,
  grants,
  revocations,
  actingCallerOf: compileActingCaller(plan),
  guesses: new Guesses(mostGuesses),
});

/**
 * Judges whether the caller may act in the name that it asks for, and then makes that person the
 * caller. Who may not, or would not where it is only observed, goes on in its own name: never in the
 * other's, and never as nobody.
 *
 * @param closed why the operation cannot be done in another's name
 */
export function compileAct(parts: ActParts, closed: string | undefined): Check<ActNeeds, ActGives> {
  const readPair = compileReadPair(parts.plan);
  const judge = (known: Facts): Refusal | undefined | Promise<Refusal | undefined> => {
    const pair = readPair(known.actingAsked, known.caller);
    if (isRefusal(pair)) return pair;
    const doubt =
      closed === undefined
        ? judgePair(parts, known, pair)
        : refuse(problems["impersonation-operation-refused"], { detail: closed });
    if (doubt !== undefined) return doubt;
    const session = parts.sessions.find(wishOf(pair));
    return session === undefined ? begin(parts, known, pair) : take(parts, known, pair, session);
  };
  return (known) => {
    const { actingAsked, caller } = known;
    const isSaid = caller !== undefined && speaksOfActing(parts.plan, caller);
    if (actingAsked === undefined && !isSaid) return undefined;
    const named = actingAsked?.names[0] ?? caller?.subject;
    const say = (said: Refusal | undefined): Refusal | undefined =>
      said === undefined || named === undefined
        ? said
        : { ...said, named: () => ({ owners: [named], caller: caller?.key }) };
    const said = judge(known);
    return said instanceof Promise ? said.then(say) : say(said);
  };
}

const wishOf = ({ by, key, reason }: ActingPair) => ({ actor: by.key, subject: key, reason });

function judgePair(
  { grants, plan, revocations }: ActParts,
  { arrival, receivedAtMs }: Facts,
  { by, key, told }: ActingPair,
): Refusal | undefined {
  // A token with `act` was made for its subject: that who acts was revoked, nobody has looked at.
  if (told !== undefined && revocations?.check(by) !== undefined)
    return refuse(problems["impersonation-refused"], { detail: "who acts was revoked" });
  const staff = told?.roles.find((role) => plan.never.includes(role));
  if (staff !== undefined) return notFor(`nobody acts for who has the role ${staff}`);
  if (!plan.granted) return undefined;
  const isGranted = grants?.covers({
    kind: "impersonation",
    from: key,
    to: by.key,
    method: arrival.method,
    objects: [],
    nowMs: receivedAtMs,
  });
  return isGranted === true ? undefined : notFor("no grant leads from the person to who acts");
}

async function begin(
  parts: ActParts,
  known: Facts,
  pair: ActingPair,
): Promise<Refusal | undefined> {
  const { guesses } = parts;
  if (guesses.areTooMany(pair.by.key, known.receivedAtMs))
    return refuse(problems["impersonation-refused"], { detail: "too many were refused just now" });
  const said = await beginUncounted(parts, known, pair);
  if (said !== undefined) guesses.note(pair.by.key, known.receivedAtMs);
  return said;
}

async function beginUncounted(
  parts: ActParts,
  known: Facts,
  pair: ActingPair,
): Promise<Refusal | undefined> {
  const { findSubject, plan, sessions } = parts;
  const person: Person | Refusal =
    pair.told ??
    (findSubject === undefined
      ? { roles: undefined, tier: undefined }
      : await findSubject(known, pair.subject));
  if (isRefusal(person)) return person;
  const staff = person.roles?.find((role) => plan.never.includes(role));
  if (staff !== undefined) return notFor(`nobody acts for who has the role ${staff}`);
  const session = await sessions
    .begin({
      ...wishOf(pair),
      roles: person.roles,
      tier: person.tier,
      account: plan.accounts && pair.told === undefined ? pair.subject : undefined,
      never: plan.never,
      atMs: known.receivedAtMs,
      forMs: plan.forMs,
      mostADay: plan.mostADay,
    })
    .catch((fault: unknown) => unavailable((fault as Error).message));
  if (typeof session === "string") return notBegun[session];
  return isRefusal(session) ? session : take(parts, known, pair, session);
}

const over = (detail: string): Refusal => refuse(problems["impersonation-ended"], { detail });
const notBegun: Readonly<Record<NotBegun, Refusal>> = {
  disabled: notFor("the account is disabled"),
  ended: over("the session for this reason is over"),
  staff: notFor("nobody acts for who has such a role"),
  "taken-back": over("an administrator has ended it"),
  "too-many": refuse(problems["impersonation-refused"], { detail: "too many sessions in one day" }),
  unknown: notFor("there is no such account"),
};

/** From here on the caller is the person; who acts stands beside. */
function take(
  parts: ActParts,
  known: Facts,
  pair: ActingPair,
  session: Impersonation,
): Refusal | undefined {
  const { actingCallerOf, plan, revocations, sessions } = parts;
  const { clockDoubtSeconds, receivedAtMs } = known;
  if (session.untilMs <= receivedAtMs + clockDoubtSeconds * 1000)
    return over("the session for this reason is over");
  // Who is staff may have become so, or count so, since the session began.
  const staff = session.roles?.find((role) => plan.never.includes(role));
  if (staff !== undefined) return notFor(`nobody acts for who has the role ${staff}`);
  const caller = actingCallerOf(pair, session);
  if (revocations?.check(caller) !== undefined) return notFor("the person was revoked");
  const before = known.believes;
  // Of a WebSocket, which outlasts its request: the session may be over before the token is.
  known.believes = (accessToken, nowSeconds, doubtSeconds) => {
    const doubt = before?.(accessToken, nowSeconds, doubtSeconds);
    if (doubt !== undefined) return doubt;
    const now = sessions.find(wishOf(pair));
    if (now === undefined || now.untilMs <= (nowSeconds + doubtSeconds) * 1000)
      return over("the session is over");
    return revocations?.check(caller) === undefined ? undefined : notFor("the person was revoked");
  };
  known.caller = caller;
  return undefined;
}
