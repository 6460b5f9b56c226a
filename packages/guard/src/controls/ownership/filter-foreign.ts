import type { SchemaRegistry } from "../../document/api-document.ts";
import type { ResponseTable } from "../../document/responses.ts";
import { notYours } from "../../facts/absent.ts";
import type { Refusal } from "../../facts/refusal.ts";
import type { AnswerHead } from "../check.ts";
import { checkOwnerInAnswer } from "./owner-in-answer.ts";
import { compileRecount, type Cut, pointerOf, type Recount } from "./recount.ts";
import type { ForeignPlan } from "./plan-foreign.ts";

/** What is left of an answer. `value` is the same where nothing had to go. */
export interface Filtered extends Cut {
  readonly value: unknown;
}

/** Cuts the list of one answer; a refusal where there is none, but something else to be judged. */
export type FilterForeign = (
  answer: unknown,
  head: AnswerHead,
  owner: string | undefined,
) => Filtered | Refusal;

type Fields = Readonly<Record<string, unknown>>;

const noList = notYours("the answer has no list where the rule expects one");

/** Takes from a list what is not the caller's, and what around it tells of that. */
export function compileFilterForeign(
  { counts, pointer }: ForeignPlan,
  responses: ResponseTable,
  schemas: SchemaRegistry,
): FilterForeign {
  const star = pointer.indexOf("*");
  const [list, inside] = [pointer.slice(0, star), pointer.slice(star + 1)];
  const places = { totals: new Set(counts.totals), keep: new Set(counts.keep) };
  const recountOf = (schema: Parameters<typeof compileRecount>[0]): Recount =>
    compileRecount(schema, schemas, list, places);
  const declared = responses.all.map(({ schema }) => recountOf(schema));
  const undeclared = recountOf(undefined);
  return (answer, { response }, owner) => {
    const recount = declared[response?.index ?? -1] ?? undeclared;
    const found = listAt(answer, list);
    if (found === undefined) return noList;
    const own = found.filter((one) => checkOwnerInAnswer(one, inside, owner) === undefined);
    const cut: Cut = { sent: found.length, shown: own.length };
    const left = own.length === found.length ? found : own;
    return { ...cut, value: replaceList(answer, list, left, cut, recount) };
  };
}

const empty: readonly unknown[] = [];

/**
 * The list that the answer holds there. One that is null, or left out where no other list stands, is
 * empty; undefined where the answer has another form.
 */
function listAt(answer: unknown, list: readonly string[]): readonly unknown[] | undefined {
  let at = answer;
  for (const token of list) {
    if (typeof at !== "object" || at === null || Array.isArray(at)) return undefined;
    if (!Object.hasOwn(at, token)) return Object.values(at).some(Array.isArray) ? undefined : empty;
    at = (at as Fields)[token];
  }
  if (at === null) return empty;
  return Array.isArray(at) ? at : undefined;
}

/** From the list outwards; objects are copied only where something changes. */
function replaceList(
  answer: unknown,
  list: readonly string[],
  left: readonly unknown[],
  cut: Cut,
  recount: Recount,
): unknown {
  const at = (value: unknown, depth: number): unknown => {
    if (depth === list.length) return Array.isArray(value) ? left : value;
    const object = value as Fields;
    const token = list[depth] as string;
    const here = pointerOf(list.slice(0, depth));
    if (!Object.hasOwn(object, token)) return recount(object, here, undefined, cut);
    const part = object[token];
    const next = part === null ? part : at(part, depth + 1);
    return recount(next === part ? object : { ...object, [token]: next }, here, token, cut);
  };
  return at(answer, 0);
}
