import type { Operation } from "../../document/api-document.ts";
import { readTemplate } from "../../document/path-template.ts";
import { readPointer } from "../../reading/json-pointer.ts";
import { nearest } from "../../reading/nearest-name.ts";
import type { AnswerTest } from "./answer-test.ts";
import { mostObjectsOf } from "./most-objects.ts";
import type { FindPlan, LookupStepPlan, OwnerAtom, ValuePlace } from "./owner-rule.ts";
import { verifyTest } from "./plan-answer-test.ts";
import type { AtomAt } from "./plan-atom.ts";
import { planChoosing } from "./plan-choosing.ts";
import { placeOf } from "./plan-request-place.ts";
import type { LookupStep, OwnerLeaf } from "./policy.ts";
import type { RequestPlace } from "./request-place.ts";
import { verifyInAnswer } from "./verify-pointer.ts";

type LookupSetting = NonNullable<OwnerLeaf["lookup"]>;

/** More steps than these are rather a decision point's business. */
const mostSteps = 4;

/** A step of a lookup with where it stands, and where the values stand that it is given. */
interface StepAt {
  readonly target: Operation;
  readonly values: readonly ValuePlace[];
  readonly key: readonly string[];
}

/**
 * Other operations are asked first: the last one's answer shows the object.
 *
 * @param further where else the request names the object to the rule
 */
export function planLookup(
  setting: LookupSetting,
  test: AnswerTest,
  at: AtomAt,
  further: readonly RequestPlace[] = [],
): OwnerAtom | undefined {
  const { context, leaf, operation, optional, place } = at;
  if (leaf.response === undefined)
    context.note(place, "a lookup does not say where its answer names the owner", {
      expected: "response: /customerId",
    });
  const steps = stepsOf(setting, at);
  const id =
    leaf.find === undefined
      ? undefined
      : placeOf(operation, leaf.find.id, [...place, "find", "id"], optional, context);
  if (steps === undefined || leaf.response === undefined) return undefined;
  if (leaf.find !== undefined && id === undefined) return undefined;
  const places = [
    ...steps.flatMap(({ values }) => values.flatMap((one) => (one.from === "answer" ? [] : [one]))),
    ...(id === undefined ? [] : [id]),
    ...further,
  ];
  const find = leaf.find === undefined || id === undefined ? undefined : planFind(leaf.find, id);
  const last = (steps.at(-1) as StepAt).target;
  verifyTest(last, inElement(test, find), place, context);
  const mostObjects = mostObjectsOf(leaf);
  return {
    kind: "lookup",
    lookup: { steps: steps.map((step) => planStep(step, places, at)), find, mostObjects },
    test,
    optional,
  };
}

const planFind = ({ by, items }: NonNullable<OwnerLeaf["find"]>, id: RequestPlace): FindPlan => ({
  items: items === undefined ? [] : readPointer(items),
  by: readPointer(by),
  id,
});

/** The test as it stands in the whole answer, to be held against the document. */
function inElement(test: AnswerTest, find: FindPlan | undefined): AnswerTest {
  if (find === undefined) return test;
  const inside = <T extends { readonly pointer: readonly string[] }>(one: T): T => ({
    ...one,
    pointer: [...find.items, "*", ...one.pointer],
  });
  return {
    owner: test.owner === undefined ? undefined : inside(test.owner),
    states: test.states.map(inside),
  };
}

function stepsOf(setting: LookupSetting, at: AtomAt): readonly StepAt[] | undefined {
  const { context, leaf, place } = at;
  if (typeof setting === "string") {
    const step = { operation: setting, ...(leaf.with === undefined ? {} : { with: leaf.with }) };
    const here = { with: [...place, "with"], operation: [...place, "lookup"] };
    const read = readStep(step, undefined, here, at);
    return read === undefined ? undefined : [read];
  }
  if (leaf.with !== undefined)
    context.note([...place, "with"], "a lookup of several steps says with in each of them");
  if (setting.length > mostSteps)
    context.note([...place, "lookup"], `a lookup has more than ${mostSteps} steps`);
  const steps: StepAt[] = [];
  for (const [index, step] of setting.entries()) {
    const key = [...place, "lookup", String(index)];
    const here = { with: [...key, "with"], operation: [...key, "operation"] };
    const read = readStep(step, steps.at(-1)?.target, here, at);
    if (read === undefined) return undefined;
    steps.push(read);
  }
  return steps;
}

function readStep(
  step: LookupStep,
  before: Operation | undefined,
  here: { readonly with: readonly string[]; readonly operation: readonly string[] },
  at: AtomAt,
): StepAt | undefined {
  const target = findTarget(step.operation, here.operation, at);
  if (target === undefined) return undefined;
  const values = planValues(step, target, before, here, at);
  return values === undefined ? undefined : { target, values, key: here.operation };
}

function planStep(
  { key, target, values }: StepAt,
  places: readonly RequestPlace[],
  at: AtomAt,
): LookupStepPlan {
  const name = target.operationId as string;
  const query = planChoosing(
    {
      title: `'${name}'`,
      key: key.slice(at.place.length),
      places,
      declared: target.parameters,
      mend: `Declare it at '${name}' too`,
    },
    at,
  );
  return { operation: name, pathTemplate: target.pathTemplate, values, query };
}

function findTarget(
  name: string,
  here: readonly string[],
  { context }: AtomAt,
): Operation | undefined {
  const { note, operations } = context;
  const target = operations.find(({ operationId }) => operationId === name);
  if (target?.method === "GET") return target;
  const known = operations.flatMap(({ method, operationId }) =>
    method === "GET" ? (operationId ?? []) : [],
  );
  const meant = nearest(name, known);
  note(
    here,
    target === undefined
      ? `there is no operation '${name}'`
      : `'${name}' is no GET: asking it would change something`,
    meant === undefined
      ? { expected: "the operationId of a GET" }
      : { mend: `Did you mean '${meant}'?` },
  );
  return undefined;
}

/** Where the values of a step's path parameters come from. */
function planValues(
  { operation: name, with: given = {} }: LookupStep,
  target: Operation,
  before: Operation | undefined,
  here: { readonly with: readonly string[]; readonly operation: readonly string[] },
  { context, operation, optional }: AtomAt,
): readonly ValuePlace[] | undefined {
  const { names } = readTemplate(target.pathTemplate);
  for (const one of Object.keys(given))
    if (!names.includes(one))
      context.note([...here.with, one], `'${name}' has no path parameter '${one}'`, {
        expected: names.join(", "),
      });
  const values: ValuePlace[] = [];
  for (const one of names) {
    const isGiven = Object.hasOwn(given, one);
    const from = isGiven ? (given[one] as string) : one;
    const at = isGiven ? [...here.with, one] : here.operation;
    if (before !== undefined && from.startsWith("/")) {
      verifyInAnswer(before, readPointer(from), at, context);
      values.push({ from: "answer", pointer: readPointer(from) });
      continue;
    }
    const value = placeOf(operation, from, at, optional, context);
    if (value === undefined) return undefined;
    values.push(value);
  }
  return values;
}
