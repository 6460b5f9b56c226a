import { nearest } from "../../reading/nearest-name.ts";
import type { OwnerAtom } from "./owner-rule.ts";
import { mostObjectsOf } from "./most-objects.ts";
import type { AtomAt } from "./plan-atom.ts";
import { planChoosing } from "./plan-choosing.ts";
import { placeOf } from "./plan-request-place.ts";
import type { OwnerLeaf } from "./policy.ts";
import type { RequestPlace } from "./request-place.ts";

/** An external decision point is asked. */
export function planRelation(
  { action, at, id: from, resource, with: more = {} }: NonNullable<OwnerLeaf["relation"]>,
  atom: AtomAt,
): OwnerAtom | undefined {
  const { context, is, operation, optional, place } = atom;
  const points = context.namesOf("decision point") ?? [];
  if (!points.includes(at)) {
    const meant = nearest(at, points);
    context.note([...place, "relation", "at"], `there is no decision point '${at}'`, {
      expected: points.join(", ") || "a name under decisionPoints",
      ...(meant === undefined ? {} : { mend: `Did you mean '${meant}'?` }),
    });
  }
  const id = placeOf(operation, from, [...place, "relation", "id"], optional, context);
  const properties = Object.entries(more).flatMap(([name, one]) => {
    const value = placeOf(operation, one, [...place, "relation", "with", name], false, context);
    return value === undefined ? [] : [[name, value] as const];
  });
  if (id === undefined) return undefined;
  const query = planChoosing(
    {
      title: `'${at}'`,
      key: ["relation"],
      places: [id, ...properties.map(([, value]) => value)],
      declared: [],
      mend: "Tell it too (with: { NAME: where it stands })",
    },
    atom,
  );
  const told = Object.fromEntries(properties) as Readonly<Record<string, RequestPlace>>;
  return {
    kind: "relation",
    relation: {
      at,
      action,
      resource,
      id,
      with: told,
      query,
      mostObjects: mostObjectsOf(atom.leaf),
    },
    is,
    optional,
  };
}
