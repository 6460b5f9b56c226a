import type { Operation } from "../../document/api-document.ts";
import { readTemplate } from "../../document/path-template.ts";
import { readPointer } from "../../reading/json-pointer.ts";
import { nearest } from "../../reading/nearest-name.ts";
import type { LookupPlan, OwnerAtom } from "./owner-rule.ts";
import type { AtomAt } from "./plan-atom.ts";
import { planChoosing } from "./plan-choosing.ts";
import { placeOf } from "./plan-request-place.ts";
import { verifyInAnswer } from "./verify-pointer.ts";

/** Another operation is asked first: its answer names the owner. */
export function planLookup(name: string, at: AtomAt): OwnerAtom | undefined {
  const { context, is, leaf, optional, place } = at;
  if (leaf.response === undefined)
    context.note(place, "a lookup does not say where its answer names the owner", {
      expected: "response: /customerId",
    });
  const target = findTarget(name, at);
  if (target === undefined) return undefined;
  const values = planValues(name, target, at);
  if (leaf.response === undefined || values === undefined) return undefined;
  const pointer = readPointer(leaf.response);
  verifyInAnswer(target, pointer, [...place, "response"], context);
  const query = planChoosing(
    {
      title: `'${name}'`,
      key: "lookup",
      places: values,
      declared: target.parameters,
      mend: `Declare it at '${name}' too`,
    },
    at,
  );
  const { pathTemplate } = target;
  const lookup: LookupPlan = { operation: name, pathTemplate, values, query };
  return { kind: "lookup", lookup, pointer, is, optional };
}

function findTarget(name: string, { context, place }: AtomAt): Operation | undefined {
  const { note, operations } = context;
  const target = operations.find(({ operationId }) => operationId === name);
  if (target?.method === "GET") return target;
  const known = operations.flatMap(({ method, operationId }) =>
    method === "GET" ? (operationId ?? []) : [],
  );
  const meant = nearest(name, known);
  note(
    [...place, "lookup"],
    target === undefined
      ? `there is no operation '${name}'`
      : `'${name}' is no GET: asking it would change something`,
    meant === undefined
      ? { expected: "the operationId of a GET" }
      : { mend: `Did you mean '${meant}'?` },
  );
  return undefined;
}

/** Where the values of the lookup's path parameters come from. */
function planValues(
  name: string,
  target: Operation,
  { context, leaf, operation, optional, place }: AtomAt,
): LookupPlan["values"] | undefined {
  const given = leaf.with ?? {};
  const { names } = readTemplate(target.pathTemplate);
  for (const one of Object.keys(given))
    if (!names.includes(one))
      context.note([...place, "with", one], `'${name}' has no path parameter '${one}'`, {
        expected: names.join(", "),
      });
  const values: LookupPlan["values"][number][] = [];
  for (const one of names) {
    const isGiven = Object.hasOwn(given, one);
    const from = isGiven ? (given[one] as string) : one;
    const here = isGiven ? [...place, "with", one] : [...place, "lookup"];
    const value = placeOf(operation, from, here, optional, context);
    if (value === undefined) return undefined;
    values.push(value);
  }
  return values;
}
