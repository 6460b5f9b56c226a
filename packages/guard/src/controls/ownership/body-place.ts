import { compileAlike } from "../../reading/names-alike.ts";
import { type NamedIds, noIds, type ReadIds, unnamed } from "./named-ids.ts";

interface Token {
  readonly name: string;
  readonly isAlike: (sent: string) => boolean;
}

const otherwise: NamedIds = { unread: "the body is built otherwise than the rule expects" };

/** Reads the ids that stand at a pointer of the body; `*` stands for every element of an array. */
export function compileReadBodyIds(pointer: readonly string[], optional: boolean): ReadIds {
  const tokens = pointer.map((name) => ({ name, isAlike: compileAlike(name) }));
  return ({ body, bodyAbsent }) => {
    if (body === undefined)
      return bodyAbsent === true ? noIds : { unread: "the body was not read" };
    const values: unknown[] = [];
    const outcome = collect(body, tokens, 0, values);
    if (outcome === "other") return otherwise;
    if (outcome === "missing" && !optional) return unnamed;
    return textsOf(values);
  };
}

function textsOf(values: readonly unknown[]): NamedIds {
  const texts: string[] = [];
  for (const value of values) {
    if (typeof value === "string") texts.push(value);
    else if (typeof value === "number" && Number.isSafeInteger(value)) texts.push(String(value));
    else return { unread: "the request names the object by neither a string nor a whole number" };
  }
  return texts;
}

/**
 * `missing`: a member is not there, perhaps of one element only. `other`: no object or list stands
 * where one must, so that there is no telling what a backend would read.
 */
type Collected = "complete" | "missing" | "other";

function collect(
  value: unknown,
  tokens: readonly Token[],
  from: number,
  into: unknown[],
): Collected {
  let at = value;
  for (let index = from; index < tokens.length; index += 1) {
    const token = tokens[index] as Token;
    if (token.name === "*") return collectElements(at, tokens, index + 1, into);
    if (!canHold(at, token)) return "other";
    if (!Object.hasOwn(at as object, token.name)) return "missing";
    at = (at as Record<string, unknown>)[token.name];
  }
  into.push(at);
  return "complete";
}

function collectElements(
  list: unknown,
  tokens: readonly Token[],
  from: number,
  into: unknown[],
): Collected {
  if (!Array.isArray(list)) return "other";
  let missing = false;
  for (const element of list as unknown[]) {
    const outcome = collect(element, tokens, from, into);
    if (outcome === "other") return outcome;
    missing ||= outcome === "missing";
  }
  return missing ? "missing" : "complete";
}

/**
 * Whether the member may be looked for here. Not where another member has a name that some servers
 * read as the same one, because they might take that one instead.
 */
function canHold(at: unknown, { isAlike, name }: Token): boolean {
  if (typeof at !== "object" || at === null) return false;
  return Array.isArray(at) ? /^\d+$/.test(name) : !Object.keys(at).some(isAlike);
}
