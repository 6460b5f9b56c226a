import type { AnswerTest, OwnerTest, StateTest } from "./answer-test.ts";
import type { GrantedPlan } from "./granted.ts";
import type { LookupPlan } from "./owner-rule.ts";

const written = (pointer: readonly string[]): string => `/${pointer.join("/")}`;

/** Who is asked, step by step, and where the object stands: `getOrder, then getRestaurant`. */
export function lookupWords({ find, steps }: LookupPlan): string {
  const asked = steps.map(({ operation }) => operation).join(", then ");
  return find === undefined
    ? asked
    : `${asked}${find.items.length === 0 ? "" : written(find.items)}/(by ${written(find.by)})`;
}

/** What an answer must say: `/members/*\/userId has token.sub, when /status is draft`. */
export function testWords({ owner, shares, states }: AnswerTest, at: string, be = "is"): string {
  const words = states.map((state) => stateWords(state, owner === undefined ? at : ""));
  if (shares !== undefined)
    words.push(
      `${at}${shares.items.length === 0 ? "" : written(shares.items)} shares it with ${shares.is}`,
    );
  return [...(owner === undefined ? [] : [ownerWords(owner, at, be)]), ...words].join(", ");
}

function ownerWords({ match, pointer, some }: OwnerTest, at: string, be: string): string {
  const one = some ? "has" : be;
  const where = `${at}${written(pointer)}`;
  if ("equals" in match) return `${where} ${one} ${JSON.stringify(match.equals)}`;
  return "in" in match
    ? `${where} ${one} one of ${match.in}`
    : `${where} ${one} ${match.is}${grantedWords(match.granted)}`;
}

function stateWords({ exceptRoles, expects, kind, pointer }: StateTest, at: string): string {
  const state =
    "equals" in expects
      ? `is ${JSON.stringify(expects.equals)}`
      : `is ${expects.present ? "there" : "not there"}`;
  const roles = exceptRoles.length === 0 ? "" : ` (but for ${exceptRoles.join(" ")})`;
  return `${kind} ${at}${written(pointer)} ${state}${roles}`;
}

export const grantedWords = (granted: GrantedPlan | undefined): string =>
  granted === undefined ? "" : `, or granted (${granted.kind})`;
