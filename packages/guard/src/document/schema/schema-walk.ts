import type { JsonSchema, SchemaRegistry } from "../api-document.ts";
import { type BoundedPattern, compileBoundedPattern } from "./bounded-pattern.ts";

/**
 * The one walk over schemas: which of them speak of the same value, of one of its members, of one
 * of its elements. Whoever asks where something stands in a body asks here, so that what is
 * stripped, sealed, remembered and forbidden is found in the same places.
 *
 * A schema that says nothing (`true`, `{}`, `items: {}` beside another branch's `items`) has no say
 * where another speaks: it neither hides nor opens what the other describes.
 */

export type SchemaObject = { readonly [keyword: string]: unknown };

/** Applied to the same value as the schema they stand in. */
const inPlaceLists = ["allOf", "anyOf", "oneOf"] as const;
const inPlaceSingles = ["if", "then", "else"] as const;

export const isSchemaObject = (schema: unknown): schema is SchemaObject =>
  typeof schema === "object" && schema !== null && !Array.isArray(schema);

export function followReference(
  schema: SchemaObject,
  schemas: SchemaRegistry,
): JsonSchema | undefined {
  const reference = schema["$ref"];
  if (typeof reference !== "string" || !reference.startsWith("#/$defs/")) return undefined;
  const name = reference.slice("#/$defs/".length);
  return Object.hasOwn(schemas, name) ? schemas[name] : undefined;
}

/** A bare reference is the schema it names. */
export function resolveBare(
  schema: JsonSchema | undefined,
  schemas: SchemaRegistry,
): JsonSchema | undefined {
  let at = schema;
  for (
    let hops = 0;
    isSchemaObject(at) && Object.keys(at).length === 1 && at["$ref"] !== undefined && hops < 32;
    hops += 1
  )
    at = followReference(at, schemas);
  return at;
}

/** What stands in a schema and is applied to the same value. */
function* inPlace(schema: SchemaObject): Generator<JsonSchema> {
  for (const keyword of inPlaceLists) {
    const list = schema[keyword];
    if (Array.isArray(list)) yield* list as JsonSchema[];
  }
  for (const keyword of inPlaceSingles) {
    const one = schema[keyword] as JsonSchema | undefined;
    if (one !== undefined) yield one;
  }
  const dependent = schema["dependentSchemas"];
  if (isSchemaObject(dependent)) yield* Object.values(dependent) as JsonSchema[];
}

/**
 * The schema and every other that speaks of the same value, by reference or composition. Each once.
 */
export function* sameValueSchemas(
  schema: JsonSchema | undefined,
  schemas: SchemaRegistry,
  seen: Set<unknown> = new Set(),
): Generator<SchemaObject> {
  if (!isSchemaObject(schema) || seen.has(schema)) return;
  seen.add(schema);
  yield schema;
  yield* sameValueSchemas(followReference(schema, schemas), schemas, seen);
  for (const part of inPlace(schema)) yield* sameValueSchemas(part, schemas, seen);
}

/** The same without those that stand elsewhere and are only referred to. */
export const ownSchemas = (schema: JsonSchema | undefined): Generator<SchemaObject> =>
  sameValueSchemas(schema, {});

/**
 * What a policy says of properties by schema name, found again by the `properties` object that
 * declares them: the schema's own, in whatever composition it stands.
 */
export function byDeclaration<T>(
  rules: Readonly<Record<string, T>>,
  schemas: SchemaRegistry,
): ReadonlyMap<unknown, T> {
  const found = new Map<unknown, T>();
  for (const [name, rule] of Object.entries(rules))
    for (const part of ownSchemas(Object.hasOwn(schemas, name) ? schemas[name] : undefined))
      if (isSchemaObject(part["properties"])) found.set(part["properties"], rule);
  return found;
}

/** The patterns of member names that a schema speaks of; without those that cannot be read. */
export function patternsOf(part: SchemaObject): readonly (readonly [BoundedPattern, JsonSchema])[] {
  const declared = part["patternProperties"];
  if (!isSchemaObject(declared)) return [];
  return Object.entries(declared).flatMap(([source, schema]) => {
    try {
      return [[compileBoundedPattern(source), schema as JsonSchema] as const];
    } catch {
      // Named as a fault of the document, which is not served then.
      return [];
    }
  });
}

/** What one schema says of a member of this name, and nothing of what others say of it. */
function* partOnMember(part: SchemaObject, name: string): Generator<JsonSchema> {
  const { additionalProperties, properties, unevaluatedProperties } = part;
  let declares = false;
  if (isSchemaObject(properties) && Object.hasOwn(properties, name)) {
    declares = true;
    yield properties[name] as JsonSchema;
  }
  for (const [pattern, schema] of patternsOf(part)) {
    if (!pattern.test(name)) continue;
    declares = true;
    yield schema;
  }
  if (declares) return;
  for (const others of [additionalProperties, unevaluatedProperties])
    if (others !== undefined) yield others as JsonSchema;
}

/** All that these schemas of one value say of its member. */
export const onMember = (parts: readonly SchemaObject[], name: string): readonly JsonSchema[] =>
  parts.flatMap((part) => [...partOnMember(part, name)]).filter((schema) => schema !== false);

/** What one schema says of the element at this place of a list; undefined: of any element. */
function* partOnElement(part: SchemaObject, index: number | undefined): Generator<JsonSchema> {
  const { contains, items, prefixItems, unevaluatedItems } = part;
  const prefix = Array.isArray(prefixItems) ? (prefixItems as JsonSchema[]) : [];
  if (index === undefined) yield* prefix;
  else if (index < prefix.length) yield prefix[index] as JsonSchema;
  const behind = index === undefined || index >= prefix.length;
  if (behind && items !== undefined) yield items as JsonSchema;
  if (behind && unevaluatedItems !== undefined) yield unevaluatedItems as JsonSchema;
  if (contains !== undefined) yield contains as JsonSchema;
}

/** All that these schemas of one value say of its element; of any element without an index. */
export const onElement = (
  parts: readonly SchemaObject[],
  index: number | undefined,
): readonly JsonSchema[] =>
  parts.flatMap((part) => [...partOnElement(part, index)]).filter((schema) => schema !== false);

/** How many first elements of a list have schemas of their own. */
export const prefixLength = (parts: readonly SchemaObject[]): number =>
  Math.max(
    0,
    ...parts.map(({ prefixItems }) => (Array.isArray(prefixItems) ? prefixItems.length : 0)),
  );

/** Every schema that a schema holds or refers to, of its own value, its members or elements. */
export function* schemasWithin(
  schema: SchemaObject,
  schemas: SchemaRegistry,
): Generator<JsonSchema> {
  const reference = followReference(schema, schemas);
  if (reference !== undefined) yield reference;
  yield* inPlace(schema);
  if (isSchemaObject(schema["properties"]))
    yield* Object.values(schema["properties"]) as JsonSchema[];
  for (const [, member] of patternsOf(schema)) yield member;
  yield* partOnElement(schema, undefined);
  for (const keyword of ["additionalProperties", "unevaluatedProperties"] as const)
    if (schema[keyword] !== undefined) yield schema[keyword] as JsonSchema;
}

/** Several schemas of one value as one. */
function unite(schemas: readonly JsonSchema[]): JsonSchema | undefined {
  const speaking = schemas.filter((schema) => schema !== true);
  if (speaking.length === 0) return schemas[0];
  return speaking.length === 1 ? speaking[0] : { anyOf: speaking };
}

/** Whether a property is `readOnly` or `writeOnly`, by itself or by what it refers to. */
export function isWrongWay(
  schema: JsonSchema | undefined,
  keyword: "readOnly" | "writeOnly",
  schemas: SchemaRegistry,
  seen: Set<unknown> = new Set(),
): boolean {
  if (!isSchemaObject(schema) || seen.has(schema)) return false;
  seen.add(schema);
  if (schema[keyword] === true) return true;
  const { allOf } = schema;
  const all = Array.isArray(allOf) ? (allOf as JsonSchema[]) : [];
  return [followReference(schema, schemas), ...all].some((part) =>
    isWrongWay(part, keyword, schemas, seen),
  );
}

/** The value's types, as far as the schemas that speak of it name any. */
export function typesOf(
  schema: JsonSchema | undefined,
  schemas: SchemaRegistry,
): ReadonlySet<string> {
  const types = new Set<string>();
  for (const part of sameValueSchemas(schema, schemas)) {
    const { type } = part as { type?: unknown };
    if (typeof type === "string") types.add(type);
    else if (Array.isArray(type)) for (const one of type) types.add(String(one));
    if (types.size === 0 && part["properties"] !== undefined) types.add("object");
  }
  return types;
}

/** The schema of one member: of all parts that speak of it. */
export const memberSchema = (
  schema: JsonSchema | undefined,
  name: string,
  schemas: SchemaRegistry,
): JsonSchema | undefined => unite(onMember([...sameValueSchemas(schema, schemas)], name));

/** The schema of any element: of all parts that speak of one. */
export const itemSchema = (
  schema: JsonSchema | undefined,
  schemas: SchemaRegistry,
): JsonSchema | undefined => unite(onElement([...sameValueSchemas(schema, schemas)], undefined));

/** Names of the members that any part declares. */
export function memberNames(
  schema: JsonSchema | undefined,
  schemas: SchemaRegistry,
): readonly string[] {
  const names = new Set<string>();
  for (const part of sameValueSchemas(schema, schemas))
    if (isSchemaObject(part["properties"]))
      for (const name of Object.keys(part["properties"])) names.add(name);
  return [...names];
}
