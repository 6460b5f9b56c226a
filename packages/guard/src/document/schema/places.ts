import type { JsonSchema, SchemaRegistry } from "../api-document.ts";
import type { BoundedPattern } from "./bounded-pattern.ts";
import { PlaceBuilder } from "./build-places.ts";
import type { SchemaObject } from "./schema-walk.ts";

/** What a policy says of properties, by schema and property. */
export type PropertyRules<R> = Readonly<Record<string, Readonly<Record<string, R>>>>;

/**
 * One place of a body, and what all the schemas that speak of it say together: built once for each
 * set of schemas, when it is first met. Recursive schemas make a cycle of these.
 */
export interface Place<R> {
  /** The schemas that say something of its members or elements. */
  readonly parts: readonly SchemaObject[];
  /** Whether only what is declared may stand here. */
  readonly closed: boolean;
  readonly members: ReadonlyMap<string, Member<R>>;
  readonly patterns: readonly { readonly pattern: BoundedPattern; readonly member: Member<R> }[];
  /** For names that several patterns fit. */
  readonly severalPatterns: Member<R> | undefined;
  /** For names that are declared nowhere; undefined where none may stand. */
  readonly others: Member<R> | undefined;
  /** The first elements of a list, where they have schemas of their own. */
  readonly prefix: readonly (Place<R> | undefined)[];
  readonly items: Place<R> | undefined;
  readonly choice: Choice<R> | undefined;
  /** Members with rules, by their names as the most forgiving server reads them. */
  readonly alike: ReadonlyMap<string, readonly R[]>;
  /** Whether a rule can be met here or further in. */
  readonly ruled: boolean;
}

export interface Member<R> {
  /** Undefined where nothing is declared of its value. */
  readonly place: Place<R> | undefined;
  /** What the policy says of it, of whichever schema declares it here. */
  readonly rules: readonly R[];
  readonly writeOnly: boolean;
}

/** A discriminator: a member whose value says which schema the object follows. */
export interface Choice<R> {
  readonly property: string;
  readonly branches: ReadonlyMap<string, Place<R>>;
  /** What any of the branches says. */
  readonly any: Place<R>;
}

const builders = new WeakMap<SchemaRegistry, WeakMap<object, PlaceBuilder<unknown>>>();

/** The place of a body with this schema; undefined where nothing is declared. */
export function placeOf<R>(
  schema: JsonSchema | undefined,
  schemas: SchemaRegistry,
  rules: PropertyRules<R>,
): Place<R> | undefined {
  let byRules = builders.get(schemas);
  if (byRules === undefined) builders.set(schemas, (byRules = new WeakMap()));
  let builder = byRules.get(rules) as PlaceBuilder<R> | undefined;
  if (builder === undefined) byRules.set(rules, (builder = new PlaceBuilder(schemas, rules)));
  return builder.root(schema);
}

/** What is declared of the member of this name; undefined where nothing is. */
export function memberAt<R>(place: Place<R>, name: string): Member<R> | undefined {
  const member = place.members.get(name);
  if (member !== undefined) return member;
  let fitting: Member<R> | undefined;
  for (const { member: one, pattern } of place.patterns) {
    if (!pattern.test(name)) continue;
    if (fitting !== undefined) return place.severalPatterns;
    fitting = one;
  }
  return fitting ?? place.others;
}

/** Where the element of a list at this index stands. */
export const elementAt = <R>(place: Place<R>, index: number): Place<R> | undefined =>
  index < place.prefix.length ? place.prefix[index] : place.items;

/** The branch that the object names, where there is a choice and it names one. */
export function branchOf<R>(
  { choice }: Place<R>,
  object: Readonly<Record<string, unknown>>,
): Place<R> | undefined {
  if (choice === undefined || !Object.hasOwn(object, choice.property)) return undefined;
  const named = object[choice.property];
  return typeof named === "string" ? choice.branches.get(named) : undefined;
}
