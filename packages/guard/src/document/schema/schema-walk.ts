import type { JsonSchema, SchemaRegistry } from "../api-document.ts";

export type SchemaObject = { readonly [keyword: string]: unknown };

/** Applied to the same value as the schema they stand in. */
const inPlaceLists = ["allOf", "anyOf", "oneOf"] as const;
const inPlaceSingles = ["then", "else"] as const;

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

/**
 * What a policy says of properties by schema name, found again by the `properties` object that
 * declares them, the schema's own or of its `allOf`.
 */
export function byDeclaration<T>(
  rules: Readonly<Record<string, T>>,
  schemas: SchemaRegistry,
): ReadonlyMap<unknown, T> {
  const found = new Map<unknown, T>();
  for (const [name, rule] of Object.entries(rules)) {
    const schema = Object.hasOwn(schemas, name) ? schemas[name] : undefined;
    const all =
      isSchemaObject(schema) && Array.isArray(schema["allOf"])
        ? (schema["allOf"] as unknown[])
        : [];
    for (const part of [schema, ...all])
      if (isSchemaObject(part) && isSchemaObject(part["properties"]))
        found.set(part["properties"], rule);
  }
  return found;
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
  for (const keyword of inPlaceLists) {
    const list = schema[keyword];
    if (Array.isArray(list))
      for (const part of list as JsonSchema[]) yield* sameValueSchemas(part, schemas, seen);
  }
  for (const keyword of inPlaceSingles)
    yield* sameValueSchemas(schema[keyword] as JsonSchema | undefined, schemas, seen);
  const dependent = schema["dependentSchemas"];
  if (isSchemaObject(dependent))
    for (const part of Object.values(dependent))
      yield* sameValueSchemas(part as JsonSchema, schemas, seen);
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

/** The schema of one member, from whichever part declares it. */
export function memberSchema(
  schema: JsonSchema | undefined,
  name: string,
  schemas: SchemaRegistry,
): JsonSchema | undefined {
  for (const part of sameValueSchemas(schema, schemas)) {
    const properties = part["properties"];
    if (isSchemaObject(properties) && Object.hasOwn(properties, name))
      return properties[name] as JsonSchema;
  }
  for (const part of sameValueSchemas(schema, schemas))
    if (isSchemaObject(part["additionalProperties"])) return part["additionalProperties"];
  return undefined;
}

export function itemSchema(
  schema: JsonSchema | undefined,
  schemas: SchemaRegistry,
): JsonSchema | undefined {
  for (const part of sameValueSchemas(schema, schemas))
    if (part["items"] !== undefined) return part["items"] as JsonSchema;
  return undefined;
}

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
