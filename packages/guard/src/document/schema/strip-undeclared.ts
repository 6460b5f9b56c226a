import type { JsonSchema, SchemaRegistry } from "../api-document.ts";
import {
  branchOf,
  elementAt,
  type Member,
  memberAt,
  type Place,
  placeOf,
  type PropertyRules,
} from "./places.ts";

const mostNamed = 50;
const mostNameLength = 100;

/** Roles that may have a property, by schema and property. */
export type RestrictedProperties = PropertyRules<readonly string[]>;
type RolesPlace = Place<readonly string[]>;

/** `roles` are the caller's. */
export type Strip = (
  value: unknown,
  roles: readonly string[],
) => { readonly value: unknown; readonly stripped: readonly string[] } | undefined;

/**
 * Takes from an answer what its schema does not declare, and what is `writeOnly`. Undefined when
 * nothing can ever be taken.
 */
export function compileStrip(
  schema: JsonSchema | undefined,
  schemas: SchemaRegistry,
  restricted: RestrictedProperties = noRestrictions,
): Strip | undefined {
  const place = placeOf(schema, schemas, restricted);
  if (place === undefined) return undefined;
  return (value, roles) => {
    const stripping: Stripping = { roles, stripped: [] };
    const kept = keep(value, place, "", stripping);
    return stripping.stripped.length === 0 ? undefined : { value: kept, ...stripping };
  };
}

const noRestrictions: RestrictedProperties = {};

interface Stripping {
  readonly roles: readonly string[];
  readonly stripped: string[];
}

/** Copies only along the paths that lose something. */
const keep = (value: unknown, place: RolesPlace, at: string, stripping: Stripping): unknown =>
  Array.isArray(value)
    ? keepElements(value, place, `${at}/*`, stripping)
    : typeof value === "object" && value !== null
      ? keepMembers(value as Record<string, unknown>, place, at, stripping)
      : value;

function keepElements(
  list: readonly unknown[],
  place: RolesPlace,
  at: string,
  stripping: Stripping,
): readonly unknown[] {
  if (place.items === undefined && place.prefix.length === 0) return list;
  let copy: unknown[] | undefined;
  for (let index = 0; index < list.length; index += 1) {
    const element = list[index];
    const inner = elementAt(place, index);
    if (inner === undefined || typeof element !== "object" || element === null) continue;
    const kept = keep(element, inner, at, stripping);
    if (kept !== element) (copy ??= [...list])[index] = kept;
  }
  return copy ?? list;
}

function keepMembers(
  object: Record<string, unknown>,
  place: RolesPlace,
  at: string,
  stripping: Stripping,
): unknown {
  // A branch may build on the schema that chose it: choosing once is enough.
  const declared = place.choice === undefined ? place : (branchOf(place, object) ?? place);
  const { closed, members } = declared;
  let copy: Record<string, unknown> | undefined;
  // Unlike Object.keys, this makes no list; what JSON.parse has made inherits no name.
  for (const name in object) {
    if (!Object.hasOwn(object, name)) continue;
    const member = members.get(name) ?? memberAt(declared, name);
    if (member === undefined ? closed : !mayHave(member, stripping.roles)) {
      note(`${at}/${name.slice(0, mostNameLength)}`, stripping.stripped);
      delete (copy ??= { ...object })[name];
      continue;
    }
    const part = object[name];
    const inner = member?.place;
    if (inner === undefined || typeof part !== "object" || part === null) continue;
    const kept = keep(part, inner, `${at}/${name}`, stripping);
    if (kept !== part) (copy ??= { ...object })[name] = kept;
  }
  return copy ?? object;
}

/** Restricted anywhere is restricted: another schema that declares the name does not open it. */
const mayHave = (
  { rules, writeOnly }: Member<readonly string[]>,
  roles: readonly string[],
): boolean => !writeOnly && rules.every((may) => may.some((role) => roles.includes(role)));

function note(pointer: string, stripped: string[]): void {
  if (stripped.length < mostNamed && !stripped.includes(pointer)) stripped.push(pointer);
}
