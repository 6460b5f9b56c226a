import { notYours } from "../../facts/absent.ts";
import type { Refusal } from "../../facts/refusal.ts";

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
  const fault = faultOf(answer, tokens, 0, owner);
  return fault === undefined ? undefined : notYours(fault);
}

function faultOf(
  value: unknown,
  tokens: readonly string[],
  from: number,
  owner: string,
): string | undefined {
  let at = value;
  for (let index = from; index < tokens.length; index += 1) {
    const token = tokens[index] as string;
    if (token === "*") return faultOfElements(at, tokens, index + 1, owner);
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, token))
      return "the answer does not name an owner";
    at = (at as Record<string, unknown>)[token];
  }
  if (typeof at !== "string" && typeof at !== "number")
    return "the answer's owner is neither a string nor a number";
  return String(at) === owner ? undefined : "the answer's owner is another";
}

function faultOfElements(
  list: unknown,
  tokens: readonly string[],
  from: number,
  owner: string,
): string | undefined {
  if (!Array.isArray(list)) return "the answer has no list where the rule expects one";
  for (const element of list as unknown[]) {
    const fault = faultOf(element, tokens, from, owner);
    if (fault !== undefined) return fault;
  }
  return undefined;
}
