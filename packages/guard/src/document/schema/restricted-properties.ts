import type { JsonSchema, SchemaRegistry } from "../api-document.ts";
import { elementAt, memberAt, type Place, placeOf } from "./places.ts";
import type { RestrictedProperties } from "./strip-undeclared.ts";

/** Pointers of the properties in a caller's body that none of these roles may have. */
export type FindRestricted = (value: unknown, roles: readonly string[]) => readonly string[];

type RolesPlace = Place<readonly string[]>;

/**
 * Finds restricted properties in what a caller sends. Every branch of a choice has a say: a caller
 * could name one that leaves a property open. Undefined where nothing is declared.
 */
export function compileFindRestricted(
  schema: JsonSchema | undefined,
  schemas: SchemaRegistry,
  restricted: RestrictedProperties,
): FindRestricted | undefined {
  const root = placeOf(schema, schemas, restricted);
  if (root === undefined) return undefined;
  return (value, roles) => {
    const found = new Set<string>();
    visit(value, root, "", roles, found);
    return [...found];
  };
}

function visit(
  value: unknown,
  place: RolesPlace,
  at: string,
  roles: readonly string[],
  found: Set<string>,
): void {
  if (!place.ruled || typeof value !== "object" || value === null) return;
  if (Array.isArray(value)) {
    value.forEach((element: unknown, index) => {
      const inner = elementAt(place, index);
      if (inner !== undefined) visit(element, inner, `${at}/*`, roles, found);
    });
    return;
  }
  const all = place.choice?.any ?? place;
  for (const [name, part] of Object.entries(value)) {
    const member = memberAt(all, name);
    if (member === undefined) continue;
    if (member.rules.some((may) => !may.some((role) => roles.includes(role))))
      found.add(`${at}/${name}`);
    else if (member.place !== undefined) visit(part, member.place, `${at}/${name}`, roles, found);
  }
}
