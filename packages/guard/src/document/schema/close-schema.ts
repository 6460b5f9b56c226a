import type { JsonSchema, SchemaRegistry } from "../api-document.ts";
import { isSchemaObject, isWrongWay, sameValueSchemas, type SchemaObject } from "./schema-walk.ts";

export type Direction = "request" | "response";

/** What the value of a keyword holds. Those of other keywords stay as they are. */
type Holds =
  | "reference"
  | "parts"
  | "part"
  | "namedParts"
  | "members"
  | "place"
  | "places"
  | "names";

const holds: ReadonlyMap<string, Holds> = new Map([
  ["$ref", "reference"],
  ["allOf", "parts"],
  ["anyOf", "parts"],
  ["oneOf", "parts"],
  ["not", "part"],
  ["if", "part"],
  ["then", "part"],
  ["else", "part"],
  ["dependentSchemas", "namedParts"],
  ["properties", "members"],
  ["patternProperties", "members"],
  ["items", "place"],
  ["additionalProperties", "place"],
  ["contains", "place"],
  ["unevaluatedItems", "place"],
  ["prefixItems", "places"],
  ["required", "names"],
]);

/**
 * Almost no document says `additionalProperties: false`, and every property that a document does
 * not name is a way in (mass assignment) or out. Each place where an object stands is closed to
 * what none of its schemas declares; composition is understood, because the closing stands beside
 * it and not inside. An object without declared properties is free-form and stays so. `readOnly`
 * may not come in, `writeOnly` may not go out, and neither is required the wrong way.
 */
export class SchemaCloser {
  readonly #schemas: SchemaRegistry;
  readonly #direction: Direction;
  /** Whether objects are closed: requests. Answers are stripped instead. */
  readonly #closes: boolean;
  readonly #base: string;

  constructor(schemas: SchemaRegistry, direction: Direction, base: string) {
    this.#schemas = schemas;
    this.#direction = direction;
    this.#closes = direction === "request";
    this.#base = base;
  }

  /** A schema at a place where a value stands. */
  place(schema: JsonSchema): JsonSchema {
    const raised = this.part(schema);
    if (
      !this.#closes ||
      !isSchemaObject(schema) ||
      !isSchemaObject(raised) ||
      raised["unevaluatedProperties"] !== undefined
    )
      return raised;
    return this.#declaresMembers(schema) ? { ...raised, unevaluatedProperties: false } : raised;
  }

  /** A schema that speaks of a value together with others: never closed on its own. */
  part(schema: JsonSchema): JsonSchema {
    if (!isSchemaObject(schema)) return schema;
    const result: Record<string, unknown> = {};
    for (const [keyword, value] of Object.entries(schema)) {
      if (keyword === "discriminator" || keyword === "readOnly" || keyword === "writeOnly")
        continue;
      result[keyword] = this.#keyword(keyword, value, schema);
    }
    return result;
  }

  #keyword(keyword: string, value: unknown, schema: SchemaObject): unknown {
    const held = holds.get(keyword);
    if (Array.isArray(value)) return this.#list(held, value as unknown[], schema);
    if (isSchemaObject(value)) return this.#object(held, value);
    return held === "reference" && typeof value === "string" ? `${this.#base}${value}` : value;
  }

  #list(held: Holds | undefined, list: readonly unknown[], schema: SchemaObject): unknown {
    if (held === "parts") return (list as JsonSchema[]).map((part) => this.part(part));
    if (held === "places") return (list as JsonSchema[]).map((part) => this.place(part));
    if (held !== "names") return list;
    return list.filter((name) => typeof name === "string" && !this.#memberIsWrongWay(schema, name));
  }

  #object(held: Holds | undefined, value: SchemaObject): unknown {
    if (held === "part") return this.part(value);
    if (held === "place") return this.place(value);
    if (held === "namedParts") return mapMembers(value, (part) => this.part(part));
    if (held !== "members") return value;
    return mapMembers(value, (part) => (this.#isWrongWay(part) ? false : this.place(part)));
  }

  #declaresMembers(schema: JsonSchema): boolean {
    for (const part of sameValueSchemas(schema, this.#schemas)) {
      if (
        (isSchemaObject(part["properties"]) && Object.keys(part["properties"]).length > 0) ||
        part["patternProperties"] !== undefined
      )
        return true;
    }
    return false;
  }

  #isWrongWay(schema: JsonSchema): boolean {
    const keyword = this.#direction === "request" ? "readOnly" : "writeOnly";
    return isWrongWay(schema, keyword, this.#schemas);
  }

  #memberIsWrongWay(schema: SchemaObject, name: string): boolean {
    for (const part of sameValueSchemas(schema, this.#schemas)) {
      const properties = part["properties"];
      if (
        isSchemaObject(properties) &&
        Object.hasOwn(properties, name) &&
        this.#isWrongWay(properties[name] as JsonSchema)
      )
        return true;
    }
    return false;
  }
}

function mapMembers(
  members: SchemaObject,
  map: (schema: JsonSchema) => JsonSchema,
): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const name of Object.keys(members))
    Object.defineProperty(result, name, {
      value: map(members[name] as JsonSchema),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  return result;
}
