import { fillTemplate, readTemplate } from "../../document/path-template.ts";
import { decodeSegment } from "../../document/sent-parameters.ts";
import { notYours, ownerUnknown, tooManyObjects } from "../../facts/absent.ts";
import type { Named } from "../../facts/named.ts";
import { isRefusal, type Refusal } from "../../facts/refusal.ts";
import { compileAnswerTest, type JudgeObject } from "./answer-test.ts";
import { compileCarryQuery } from "./choosing.ts";
import { compileFind } from "./find-in-list.ts";
import type { Granting } from "./granted.ts";
import type { Atom, JudgeAtom, JudgedFacts } from "./judge-atom.ts";
import { compileLookupValues } from "./lookup-values.ts";
import { naming } from "./name-objects.ts";
import type { Asks, FindPlan, LookupPlan, LookupStepPlan, OwningCaller } from "./owner-rule.ts";
import { compileReadIds } from "./request-place.ts";

/** What one judgement of a lookup goes along with, from step to step. */
interface Looking {
  readonly known: JudgedFacts;
  readonly caller: OwningCaller;
  readonly asks: Asks;
  /** Judges what the last step has answered. */
  readonly judge: JudgeObject;
  /** Questions that are left: a step may be told of many objects by each answer of the one before. */
  left: number;
}

type LookUp = (looking: Looking, before: unknown) => Promise<Refusal | undefined>;

/** Every object that the request names must be the caller's: one foreign id is enough to refuse. */
export function compileLookedUp(
  { lookup, optional, test }: Atom<"lookup">,
  granting: Granting,
): JudgeAtom {
  const lookUp = compileSteps(lookup, optional);
  const judge = compileAnswerTest(test, granting);
  const left = lookup.mostObjects * lookup.steps.length;
  if (lookup.find === undefined)
    return (known, caller, asks) => lookUp({ known, caller, asks, judge, left }, undefined);
  const judgeFound = compileJudgeFound(lookup.find, lookup.mostObjects, optional, judge);
  return async (known, caller, asks) => {
    const found = judgeFound(known);
    return typeof found === "function"
      ? lookUp({ known, caller, asks, judge: found, left }, undefined)
      : found;
  };
}

/** The steps from the last to the first: each knows the one behind it. */
function compileSteps({ mostObjects, steps }: LookupPlan, optional: boolean): LookUp {
  let next: LookUp = ({ caller, judge, known }, answer) =>
    Promise.resolve(judge(answer, caller, known));
  for (const step of steps.toReversed()) next = compileStep(step, mostObjects, optional, next);
  return next;
}

function compileStep(
  { pathTemplate, query, values }: LookupStepPlan,
  mostObjects: number,
  optional: boolean,
  next: LookUp,
): LookUp {
  const template = readTemplate(pathTemplate);
  if (template.names.length !== values.length)
    throw new RangeError(`a lookup of '${pathTemplate}' has not a value for each parameter`);
  const valuesOf = compileLookupValues(values, optional, mostObjects);
  const carry = compileCarryQuery(query);
  const tooMany = tooManyObjects(mostObjects);
  return async (looking, before) => {
    const { asks, known } = looking;
    const all = valuesOf(known, before);
    if (!Array.isArray(all)) return all as Refusal;
    const carried = carry(known.query);
    if (typeof carried !== "string") return carried;
    for (const one of all as readonly (readonly string[])[]) {
      if ((looking.left -= 1) < 0) return tooMany;
      const path = fillTemplate(template, one);
      const asked = await asks.lookup(known, { path, query: carried });
      const refused = isRefusal(asked) ? asked : await next(looking, asked.answer);
      if (refused === undefined) continue;
      // What a later step asks for is not what the request names.
      return before === undefined ? naming(refused, () => objectOf(one)) : refused;
    }
    return undefined;
  };
}

const objectOf = (segments: readonly string[]): Named => ({
  objects: segments.slice(-1).map(decodeSegment),
});

const noList = ownerUnknown("the lookup's answer has no list where the rule expects one");

/**
 * Reads which objects are to be found, before anybody is asked; then every element that has one of
 * the ids is judged. An id that no element has names nothing that is the caller's.
 */
function compileJudgeFound(
  { by, id, items }: FindPlan,
  mostObjects: number,
  optional: boolean,
  judge: JudgeObject,
): (known: JudgedFacts) => JudgeObject | Refusal | undefined {
  const read = compileReadIds(id, optional);
  const tooMany = tooManyObjects(mostObjects);
  const find = compileFind(items, by);
  return (known) => {
    const named = read(known);
    if ("unread" in named) return notYours(named.unread);
    const ids = new Set(named);
    if (ids.size === 0) return undefined;
    if (ids.size > mostObjects) return tooMany;
    return (answer, caller, asking) => {
      const found = find(answer, ids);
      if (found === undefined) return noList;
      if (typeof found === "string") return ownerUnknown(found);
      if (found.ids.size !== ids.size)
        return notYours("the list does not hold the object", () => ({
          objects: [...ids].filter((one) => !found.ids.has(one)),
        }));
      for (const { element, id: its } of found.elements) {
        const refused = judge(element, caller, asking);
        if (refused !== undefined) return naming(refused, () => ({ objects: [its] }));
      }
      return undefined;
    };
  };
}
