import { notYours } from "../../facts/absent.ts";
import { compileClaim, compileClaims } from "../../facts/caller.ts";
import type { Refusal } from "../../facts/refusal.ts";
import {
  faultOfEach,
  faultOfSome,
  ownersNotTaken,
  someTaken,
  type Takes,
} from "./owner-in-answer.ts";
import type { OwningCaller } from "./owner-rule.ts";
import { compileGranted, type GrantedPlan, type Granting, type GrantingFacts } from "./granted.ts";
import { compileShares, type SharesPlan } from "./shares.ts";
import { compileEquals, type Constant, textOfId } from "./owner-text.ts";

/** Whom or what the value must be that stands where an answer names the owner. */
export type OwnerMatch =
  /** A claim of the caller's token. `granted`: or whoever has let the caller use it. */
  | { readonly is: string; readonly granted?: GrantedPlan }
  /** One of a claim that is a list. */
  | { readonly in: string }
  /** The same for everybody, such as `public`. */
  | { readonly equals: Constant };

/** Where an answer names the owner, and who that must be. */
export interface OwnerTest {
  readonly pointer: readonly string[];
  readonly match: OwnerMatch;
  /** One of the values is enough; otherwise every one must be taken. */
  readonly some: boolean;
}

/** What an answer must say of the object's state. */
export interface StateTest {
  readonly pointer: readonly string[];
  readonly expects: { readonly equals: Constant } | { readonly present: boolean };
  /** `when`: it must be so, with every value. `except`: it must not, with any. */
  readonly kind: "when" | "except";
  /** Roles that it does not hold for. */
  readonly exceptRoles: readonly string[];
}

/** What one answer is judged by. */
export interface AnswerTest {
  /** Undefined where only the state of the object is asked for. */
  readonly owner: OwnerTest | undefined;
  readonly states: readonly StateTest[];
  /** The answer is the backend's list of shares, of which one must be for the caller. */
  readonly shares?: SharesPlan;
}

/** Undefined where the answer shows an object that is the caller's. */
export type JudgeObject = (
  answer: unknown,
  caller: OwningCaller,
  known: GrantingFacts,
) => Refusal | undefined;

export function compileAnswerTest(
  { owner, shares, states }: AnswerTest,
  granting: Granting,
): JudgeObject {
  const judges = [
    ...(owner === undefined ? [] : [compileOwnerTest(owner, granting)]),
    ...states.map(compileStateTest),
    ...(shares === undefined ? [] : [compileShares(shares)]),
  ];
  const [only, another] = judges;
  if (only !== undefined && another === undefined) return only;
  return (answer, caller, known) => {
    for (const judge of judges) {
      const refused = judge(answer, caller, known);
      if (refused !== undefined) return refused;
    }
    return undefined;
  };
}

const saysNotWhose = notYours("the token does not say whose objects are the caller's");

function compileOwnerTest({ match, pointer, some }: OwnerTest, granting: Granting): JudgeObject {
  const takesOf = compileTakes(match, granting);
  const callerOf = "is" in match ? compileClaim(match.is) : undefined;
  return (answer, caller, known) => {
    const takes = takesOf(caller, known);
    if (takes === undefined) return saysNotWhose;
    const fault = some
      ? faultOfSome(answer, pointer, takes)
      : faultOfEach(answer, pointer, 0, takes);
    if (fault === undefined) return undefined;
    return notYours(fault, () => ({
      owners: ownersNotTaken(answer, pointer, takes),
      caller: callerOf?.(caller) ?? caller.subject,
    }));
  };
}

type TakesOf = (caller: OwningCaller, known: GrantingFacts) => Takes | undefined;

/** Undefined for a caller whose token does not say. */
function compileTakes(match: OwnerMatch, granting: Granting): TakesOf {
  if ("equals" in match) {
    const takes = compileEquals(match.equals);
    return () => takes;
  }
  if ("in" in match) {
    const ownersOf = compileClaims(match.in);
    return (caller) => {
      const owners = ownersOf(caller);
      return (value) => {
        const text = textOfId(value);
        return text !== undefined && owners.includes(text);
      };
    };
  }
  const ownerOf = compileClaim(match.is);
  const isGranted =
    match.granted === undefined ? undefined : compileGranted(match.granted, granting);
  return (caller, known) => {
    const owner = ownerOf(caller);
    if (owner === undefined) return undefined;
    if (isGranted === undefined) return (value) => textOfId(value) === owner;
    return (value) => {
      const id = textOfId(value);
      return id === owner || (id !== undefined && isGranted(id, owner, known));
    };
  };
}

const inOtherState = notYours("the object is not in the state that the rule asks for (when)");
const inExcepted = notYours("the object is in a state that the rule leaves out (except)");

function compileStateTest({ exceptRoles, expects, kind, pointer }: StateTest): JudgeObject {
  const holds = compileHolds(expects, pointer, kind);
  const refused = kind === "when" ? inOtherState : inExcepted;
  return (answer, caller) => {
    if (holds(answer) === (kind === "when")) return undefined;
    return exceptRoles.some((role) => caller.roles.includes(role)) ? undefined : refused;
  };
}

/** A property that is null, or left out, is not there. */
const isThere: Takes = (value) => value !== undefined && value !== null;

function compileHolds(
  expects: StateTest["expects"],
  pointer: readonly string[],
  kind: StateTest["kind"],
): (answer: unknown) => boolean {
  if ("equals" in expects) {
    const takes = compileEquals(expects.equals);
    return kind === "when"
      ? (answer) => faultOfEach(answer, pointer, 0, takes) === undefined
      : (answer) => someTaken(answer, pointer, 0, takes);
  }
  const { present } = expects;
  if (present && kind === "when")
    return (answer) => faultOfEach(answer, pointer, 0, isThere) === undefined;
  if (!present && kind === "except")
    return (answer) => faultOfEach(answer, pointer, 0, isThere) !== undefined;
  return (answer) => someTaken(answer, pointer, 0, isThere) === present;
}
