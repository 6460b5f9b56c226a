import { notYours } from "../../facts/absent.ts";
import type { Refusal } from "../../facts/refusal.ts";
import { textOfId } from "./owner-text.ts";

/** Whether a value that stands where the owner does is one that the rule takes. */
export type Takes = (value: unknown) => boolean;

const unnamed = "the answer does not name an owner";
const noList = "the answer has no list where the rule expects one";
const notOne = "none of those whom the answer names is the one";

/**
 * The owner named in the answer must be the caller. `tokens` is a JSON pointer in parts; `*` stands
 * for every element of an array. An answer whose owner is missing, null or of another type is never
 * passed, because nobody can tell that it is the caller's.
 */
export function checkOwnerInAnswer(
  answer: unknown,
  tokens: readonly string[],
  owner: string | undefined,
): Refusal | undefined {
  if (owner === undefined) return notYours("the token does not say whose objects are the caller's");
  const fault = faultOfEach(answer, tokens, 0, (value) => textOfId(value) === owner);
  return fault === undefined ? undefined : notYours(fault);
}

/** Undefined where every value that stands at the pointer is taken; what is wrong otherwise. */
export function faultOfEach(
  value: unknown,
  tokens: readonly string[],
  from: number,
  takes: Takes,
): string | undefined {
  let at = value;
  for (let index = from; index < tokens.length; index += 1) {
    const token = tokens[index] as string;
    if (token === "*") return faultOfElements(at, tokens, index + 1, takes);
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, token)) return unnamed;
    at = (at as Record<string, unknown>)[token];
  }
  return takes(at) ? undefined : faultOfValue(at);
}

const faultOfValue = (value: unknown): string =>
  textOfId(value) === undefined && typeof value !== "boolean"
    ? "the answer's owner is neither a text nor a whole number that is kept exactly"
    : "the answer's owner is another";

function faultOfElements(
  list: unknown,
  tokens: readonly string[],
  from: number,
  takes: Takes,
): string | undefined {
  if (!Array.isArray(list)) return noList;
  for (const element of list as unknown[]) {
    const fault = faultOfEach(element, tokens, from, takes);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** Undefined where one of the values that stand at the pointer is taken. Of no values none is. */
export const faultOfSome = (
  value: unknown,
  tokens: readonly string[],
  takes: Takes,
): string | undefined => (someTaken(value, tokens, 0, takes) ? undefined : notOne);

/** Whether any value that stands at the pointer is taken; what is built otherwise holds none. */
export function someTaken(
  value: unknown,
  tokens: readonly string[],
  from: number,
  takes: Takes,
): boolean {
  let at = value;
  for (let index = from; index < tokens.length; index += 1) {
    const token = tokens[index] as string;
    if (token === "*")
      return (
        Array.isArray(at) && at.some((element) => someTaken(element, tokens, index + 1, takes))
      );
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, token)) return false;
    at = (at as Record<string, unknown>)[token];
  }
  return takes(at);
}

/** More owners than these are not told of one refusal. */
const mostOwners = 5;

/** Whom an answer names where it should name the caller, for the record of its refusal. */
export function ownersNotTaken(
  answer: unknown,
  tokens: readonly string[],
  takes: Takes,
): readonly string[] {
  const owners = new Set<string>();
  someTaken(answer, tokens, 0, (value) => {
    const owner = takes(value) ? undefined : textOfId(value);
    if (owner !== undefined) owners.add(owner);
    return owners.size === mostOwners;
  });
  return [...owners];
}
