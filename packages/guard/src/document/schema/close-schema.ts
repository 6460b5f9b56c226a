import type { JsonSchema, SchemaRegistry } from "../api-document.ts";
import {
  followReference,
  isSchemaObject,
  sameValueSchemas,
  type SchemaObject,
} from "./schema-walk.ts";

export type Direction = "request" | "response";

const inPlace: ReadonlySet<string> = new Set(["allOf", "anyOf", "oneOf"]);
const inPlaceSingle: ReadonlySet<string> = new Set(["not", "if", "then", "else"]);
const memberMaps: ReadonlySet<string> = new Set(["properties", "patternProperties"]);
const itemSingles: ReadonlySet<string> = new Set([
  "items",
  "additionalProperties",
  "contains",
  "unevaluatedItems",
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
    if (keyword === "$ref" && typeof value === "string") return `${this.#base}${value}`;
    if (inPlace.has(keyword) && Array.isArray(value))
      return (value as JsonSchema[]).map((part) => this.part(part));
    if (inPlaceSingle.has(keyword)) return this.part(value as JsonSchema);
    if (keyword === "dependentSchemas" && isSchemaObject(value))
      return mapMembers(value, (part) => this.part(part));
    if (memberMaps.has(keyword) && isSchemaObject(value))
      return mapMembers(value, (part) => (this.#isWrongWay(part) ? false : this.place(part)));
    if (itemSingles.has(keyword)) return isSchemaObject(value) ? this.place(value) : value;
    if (keyword === "prefixItems" && Array.isArray(value))
      return (value as JsonSchema[]).map((part) => this.place(part));
    if (keyword === "required" && Array.isArray(value))
      return (value as unknown[]).filter(
        (name) => typeof name === "string" && !this.#memberIsWrongWay(schema, name),
      );
    return value;
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
    for (
      let at: JsonSchema | undefined = schema, hops = 0;
      isSchemaObject(at) && hops < 8;
      at = followReference(at, this.#schemas), hops += 1
    )
      if (at[keyword] === true) return true;
    return false;
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
