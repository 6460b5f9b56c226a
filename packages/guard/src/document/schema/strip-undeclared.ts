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
    const stripping: Stripping = { roles, stripped: undefined };
    const kept = keep(value, place, undefined, stripping);
    const { stripped } = stripping;
    return stripped === undefined ? undefined : { value: kept, stripped };
  };
}

const noRestrictions: RestrictedProperties = {};

interface Stripping {
  readonly roles: readonly string[];
  /** Undefined for as long as nothing was taken: nothing is, mostly. */
  stripped: string[] | undefined;
}

/** Where a value stands. A pointer is made of it only where something is taken. */
interface Standing {
  readonly above: Standing | undefined;
  readonly name: string;
}

const pointerOf = (at: Standing | undefined): string =>
  at === undefined ? "" : `${pointerOf(at.above)}/${at.name}`;

/** Copies only along the paths that lose something. */
const keep = (
  value: unknown,
  place: RolesPlace,
  at: Standing | undefined,
  stripping: Stripping,
): unknown =>
  Array.isArray(value)
    ? keepElements(value, place, { above: at, name: "*" }, stripping)
    : typeof value === "object" && value !== null
      ? keepMembers(value as Record<string, unknown>, place, at, stripping)
      : value;

function keepElements(
  list: readonly unknown[],
  place: RolesPlace,
  at: Standing | undefined,
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
  at: Standing | undefined,
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
      note(`${pointerOf(at)}/${name.slice(0, mostNameLength)}`, stripping);
      delete (copy ??= { ...object })[name];
      continue;
    }
    const part = object[name];
    const inner = member?.place;
    if (inner === undefined || typeof part !== "object" || part === null) continue;
    const kept = keep(part, inner, { above: at, name }, stripping);
    if (kept !== part) (copy ??= { ...object })[name] = kept;
  }
  return copy ?? object;
}

/** Restricted anywhere is restricted: another schema that declares the name does not open it. */
const mayHave = (
  { rules, writeOnly }: Member<readonly string[]>,
  roles: readonly string[],
): boolean => !writeOnly && (rules.length === 0 || mayByAll(rules, roles));

const mayByAll = (rules: readonly (readonly string[])[], roles: readonly string[]): boolean =>
  rules.every((may) => may.some((role) => roles.includes(role)));

function note(pointer: string, stripping: Stripping): void {
  const stripped = (stripping.stripped ??= []);
  if (stripped.length < mostNamed && !stripped.includes(pointer)) stripped.push(pointer);
}
