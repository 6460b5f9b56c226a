import type { JsonSchema, SchemaRegistry } from "../api-document.ts";
import { followReference, isSchemaObject, type SchemaObject } from "./schema-walk.ts";

/** A choice between schemas by the value of a member. */
export interface Discriminator {
  readonly property: string;
  readonly branches: ReadonlyMap<string, JsonSchema>;
}

/**
 * With a discriminator, the branch that an object names is the whole of what may stand there: by
 * the schema's name, or by the mapping's.
 */
export function discriminatorOf(
  part: SchemaObject,
  schemas: SchemaRegistry,
): Discriminator | undefined {
  const { discriminator } = part;
  const listed = part["oneOf"] ?? part["anyOf"];
  if (!isSchemaObject(discriminator) || !Array.isArray(listed)) return undefined;
  const { mapping, propertyName } = discriminator;
  if (typeof propertyName !== "string") return undefined;
  const references = [
    ...(listed as JsonSchema[]).flatMap(namedReference),
    ...(isSchemaObject(mapping) ? Object.entries(mapping) : []),
  ];
  const branches = new Map<string, JsonSchema>();
  for (const [value, reference] of references) {
    const schema = { $ref: String(reference) };
    if (followReference(schema, schemas) !== undefined) branches.set(value, schema);
  }
  return { property: propertyName, branches };
}

function namedReference(branch: JsonSchema): readonly [string, string][] {
  const reference = isSchemaObject(branch) ? branch["$ref"] : undefined;
  return typeof reference === "string" ? [[reference.slice("#/$defs/".length), reference]] : [];
}
