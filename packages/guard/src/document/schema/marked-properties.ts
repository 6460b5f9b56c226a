import { plainName } from "../../reading/names-alike.ts";
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

/** Marks by schema and property: `{ Document: { id: "document" } }`. */
export type Marks = PropertyRules<string>;

/** What becomes of the value at a marked property; several marks where schemas say several. */
export type ReplaceOne = (marks: readonly string[], value: unknown) => unknown;

/**
 * Replaces what stands at marked properties, wherever the schema leads to them; the same object
 * when nothing does.
 */
export type ReplaceMarked = (value: unknown, replace: ReplaceOne) => unknown;

/** Whose word a body is: the backend may say which branch of a choice it follows, a caller not. */
export type Sender = "backend" | "caller";

/**
 * Undefined when no mark can be reached from the schema. In what a caller sends, names that a
 * server could read as a marked one are taken for it, and every branch of a choice has a say.
 */
export function compileReplaceMarked(
  schema: JsonSchema | undefined,
  schemas: SchemaRegistry,
  marks: Marks,
  sender: Sender = "backend",
): ReplaceMarked | undefined {
  const root = placeOf(schema, schemas, marks);
  if (root === undefined || !root.ruled) return undefined;
  const findMember = sender === "caller" ? anyMember : namedMember;
  return (value, replace) => walk(value, root, { replace, findMember });
}

interface Walking {
  readonly replace: ReplaceOne;
  readonly findMember: typeof namedMember;
}

const walk = (value: unknown, place: Place<string>, walking: Walking): unknown =>
  Array.isArray(value)
    ? walkElements(value, place, walking)
    : typeof value === "object" && value !== null
      ? walkMembers(value as Record<string, unknown>, place, walking)
      : value;

function walkElements(
  list: readonly unknown[],
  place: Place<string>,
  walking: Walking,
): readonly unknown[] {
  if (place.items?.ruled !== true && place.prefix.length === 0) return list;
  let copy: unknown[] | undefined;
  for (let index = 0; index < list.length; index += 1) {
    const inner = elementAt(place, index);
    if (inner?.ruled !== true) continue;
    const next = walk(list[index], inner, walking);
    if (next !== list[index]) (copy ??= [...list])[index] = next;
  }
  return copy ?? list;
}

function walkMembers(
  object: Record<string, unknown>,
  place: Place<string>,
  walking: Walking,
): unknown {
  const branch = place.choice === undefined ? place : branchOf(place, object);
  let copy: Record<string, unknown> | undefined;
  for (const name of Object.keys(object)) {
    const member = walking.findMember(place, branch, name);
    if (member === undefined) continue;
    const part = object[name];
    const next = walkMember(part, member, walking);
    if (next !== part) (copy ??= { ...object })[name] = next;
  }
  return copy ?? object;
}

function walkMember(part: unknown, { place, rules }: MarkedMember, walking: Walking): unknown {
  if (rules.length > 0) return replaceOne(part, rules, walking.replace);
  return place?.ruled === true ? walk(part, place, walking) : part;
}

type MarkedMember = Pick<Member<string>, "place" | "rules">;

/** As the branch that the object names says; else as any does. */
function namedMember(
  place: Place<string>,
  branch: Place<string> | undefined,
  name: string,
): MarkedMember | undefined {
  const member = branch === undefined ? undefined : memberAt(branch, name);
  if (member !== undefined || place.choice === undefined) return member;
  return memberAt(place.choice.any, name);
}

/** As any branch says, that which the object names first; in any spelling. */
function anyMember(
  place: Place<string>,
  branch: Place<string> | undefined,
  name: string,
): MarkedMember | undefined {
  const all = place.choice?.any ?? place;
  const member = memberAt(all, name);
  const rules = member?.rules ?? [];
  if (rules.length > 1 && branch !== undefined) {
    const first = memberAt(branch, name)?.rules ?? [];
    return { place: member?.place, rules: [...new Set([...first, ...rules])] };
  }
  if (rules.length > 0 || all.alike.size === 0 || all.members.has(name)) return member;
  const alike = all.alike.get(plainName(name));
  return alike === undefined ? member : { place: member?.place, rules: alike };
}

/** A property of several ids holds them in a list. */
const replaceOne = (value: unknown, marks: readonly string[], replace: ReplaceOne): unknown =>
  Array.isArray(value)
    ? value.map((item: unknown) => replace(marks, item))
    : value === null || value === undefined
      ? value
      : replace(marks, value);
