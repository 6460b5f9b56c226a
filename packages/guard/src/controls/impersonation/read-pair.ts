import type { Caller } from "../../facts/caller.ts";
import type { Facts } from "../../facts/facts.ts";
import { isRefusal, refuse, type Refusal } from "../../facts/refusal.ts";
import type { ActingPair } from "./acting-caller.ts";
import type { ImpersonationPlan } from "./plan.ts";
import { problems } from "./problems.ts";
import { readAsked } from "./read-asked.ts";

const mayNot = (detail: string): Refusal => refuse(problems["impersonation-refused"], { detail });
export const notFor = (detail: string): Refusal =>
  refuse(problems["impersonation-subject-refused"], { detail });

/** Who asks to act in whose name, and whether the policy lets such a caller ask. */
export type ReadPair = (
  asked: Facts["actingAsked"],
  caller: Caller | undefined,
) => ActingPair | Refusal;

/** Undefined where neither fields nor token speak of another's name. */
export function compileReadPair(plan: ImpersonationPlan): ReadPair {
  return (asked, caller) => {
    if (caller === undefined) return mayNot("nobody is signed in");
    return speaksOfActing(plan, caller)
      ? byToken(plan, asked, caller, caller.claims["act"])
      : byHeader(plan, asked, caller);
  };
}

/** An app that somebody has let do little else would do all that staff may. */
const isOneOf = (clients: readonly string[], client: string | undefined): boolean =>
  clients.length === 0 || (client !== undefined && clients.includes(client));

/**
 * Whether what a source says of its caller speaks of who acts. A session may have a member of that
 * name for something else.
 */
export function speaksOfActing({ tokens }: ImpersonationPlan, { claims, source }: Caller): boolean {
  const { act } = claims;
  if (act === undefined) return false;
  const isActor = typeof act === "object" && act !== null && "sub" in act;
  return isActor || tokens.some((one) => one.source === source);
}

function byHeader(
  { of, separate, who }: ImpersonationPlan,
  asked: Facts["actingAsked"],
  caller: Caller,
): ActingPair | Refusal {
  const may = who.some(
    ({ clients, roles, scopes, source }) =>
      source === caller.source &&
      isOneOf(clients, caller.clientId) &&
      (roles.length === 0 || roles.some((role) => caller.roles.includes(role))) &&
      scopes.every((scope) => caller.scopes.includes(scope)),
  );
  if (!may) return mayNot("who calls has none of the roles and scopes of impersonation.who");
  const read = readAsked(asked, false);
  if (isRefusal(read)) return read;
  const { name: key = "", reason } = read;
  const subject = separate ? nameIn(of, key) : key;
  if (subject === undefined) return notFor(`the name is not one of the source '${of}'`);
  if (key === caller.key) return notFor("nobody acts for themselves");
  return { by: caller, told: undefined, subject, key, reason };
}

/** Names of one of several sources stand behind its own name. */
function nameIn(source: string, key: string): string | undefined {
  const start = `${source}/`;
  return key.startsWith(start) && key.length > start.length ? key.slice(start.length) : undefined;
}

/** RFC 8693 section 4.1: the subject is acted for, and `act` names who acts. */
function byToken(
  { separate, tokens }: ImpersonationPlan,
  asked: Facts["actingAsked"],
  caller: Caller,
  act: unknown,
): ActingPair | Refusal {
  const { claims, clientId, key, source, subject } = caller;
  const may = tokens.some((one) => one.source === source && isOneOf(one.clients, clientId));
  if (!may) return mayNot(`tokens of '${source}' do not say who acts, for this client`);
  const actor = actorOf(act, claims["iss"]);
  if (typeof actor !== "string") return actor;
  const read = readAsked(asked, true);
  if (isRefusal(read)) return read;
  if (actor === subject) return notFor("nobody acts for themselves");
  const by: Caller = {
    ...caller,
    subject: actor,
    key: separate ? `${source}/${actor}` : actor,
    scopes: [],
    roles: [],
    tier: undefined,
    deviceId: undefined,
    sessionId: undefined,
    accountVersion: undefined,
    claims: act as Readonly<Record<string, unknown>>,
  };
  return { by, told: caller, subject, key, reason: read.reason };
}

function actorOf(act: unknown, issuer: unknown): string | Refusal {
  if (typeof act !== "object" || act === null) return mayNot("act is no object");
  const { act: before, iss, sub } = act as Readonly<Record<string, unknown>>;
  if (before !== undefined) return mayNot("who acts is acted for: chains are not followed");
  if (iss !== undefined && iss !== issuer) return mayNot("who acts is of another issuer");
  return typeof sub === "string" && sub !== "" && sub.length <= 255
    ? sub
    : mayNot("act names nobody");
}
