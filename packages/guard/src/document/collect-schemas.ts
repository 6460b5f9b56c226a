import type { JsonSchema } from "./api-document.ts";
import { child, type DocumentSet, isRecord, type Located } from "./references.ts";

/** Keywords whose value is one schema, a list of schemas, or schemas by name. */
const single: ReadonlySet<string> = new Set([
  "items",
  "additionalProperties",
  "not",
  "if",
  "then",
  "else",
  "contains",
  "propertyNames",
  "unevaluatedItems",
  "unevaluatedProperties",
  "contentSchema",
  "additionalItems",
]);
const listed: ReadonlySet<string> = new Set(["allOf", "anyOf", "oneOf", "prefixItems"]);
const named: ReadonlySet<string> = new Set([
  "properties",
  "patternProperties",
  "$defs",
  "definitions",
  "dependentSchemas",
]);
/** Ways to name a schema that no reference here understands. */
const notUnderstood: ReadonlySet<string> = new Set([
  "$dynamicRef",
  "$id",
  "$anchor",
  "$dynamicAnchor",
]);
/** Of OpenAPI, not of JSON Schema: no check reads them. */
const dropped: ReadonlySet<string> = new Set(["example", "examples", "xml", "externalDocs"]);

/**
 * Gathers every schema that the document's operations reach into one registry, under names of their
 * own, and raises OpenAPI 3.0's dialect to JSON Schema 2020-12 on the way: `nullable`, boolean
 * `exclusiveMinimum`, `$ref` that hides its siblings.
 */
export class SchemaCollector {
  readonly schemas: Record<string, JsonSchema> = {};
  readonly #set: DocumentSet;
  readonly #is30: boolean;
  readonly #names = new Map<string, string>();

  constructor(set: DocumentSet, is30: boolean) {
    this.#set = set;
    this.#is30 = is30;
  }

  schema(at: Located): JsonSchema {
    const { value } = at;
    if (typeof value === "boolean" && !this.#is30) return value;
    if (!isRecord(value)) {
      this.#set.fault(at, "this is not a schema", {
        expected: this.#is30 ? "an object" : "an object, true or false",
      });
      return false;
    }
    const raised: Record<string, unknown> = {};
    if (typeof value["$ref"] === "string") {
      const name = this.#register(at, value["$ref"]);
      raised["$ref"] = `#/$defs/${name ?? "unreadable"}`;
      if (name === undefined) return false;
      if (this.#is30) return raised;
    }
    this.#keywords(at, value, raised);
    if (this.#is30) raise30(raised);
    return raised;
  }

  #keywords(
    at: Located,
    value: Readonly<Record<string, unknown>>,
    raised: Record<string, unknown>,
  ): void {
    for (const [keyword, part] of Object.entries(value)) {
      if (keyword === "$ref" || dropped.has(keyword) || keyword.startsWith("x-")) continue;
      if (notUnderstood.has(keyword))
        this.#set.fault(
          child(at, keyword),
          `'${keyword}' is not understood in an OpenAPI document's schemas`,
          { expected: "$ref with a JSON pointer" },
        );
      else raised[keyword] = this.#keyword(child(at, keyword), keyword, part);
    }
  }

  #keyword(at: Located, keyword: string, part: unknown): unknown {
    if (single.has(keyword)) return typeof part === "boolean" ? part : this.schema(at);
    if (listed.has(keyword)) return this.#listed(at, keyword, part);
    if (named.has(keyword)) return this.#named(at, keyword, part);
    return keyword === "discriminator" ? this.#discriminator(at, part) : part;
  }

  #listed(at: Located, keyword: string, part: unknown): readonly JsonSchema[] {
    if (Array.isArray(part)) return part.map((_, index) => this.schema(child(at, String(index))));
    this.#set.fault(at, `'${keyword}' is not a list of schemas`);
    return [];
  }

  #named(at: Located, keyword: string, part: unknown): Readonly<Record<string, JsonSchema>> {
    if (!isRecord(part)) {
      this.#set.fault(at, `'${keyword}' does not hold schemas by name`);
      return {};
    }
    const schemas: Record<string, JsonSchema> = {};
    for (const name of Object.keys(part))
      Object.defineProperty(schemas, name, {
        value: this.schema(child(at, name)),
        enumerable: true,
        writable: true,
        configurable: true,
      });
    return schemas;
  }

  #discriminator(at: Located, part: unknown): unknown {
    if (!isRecord(part) || !isRecord(part["mapping"])) return part;
    const mapping: Record<string, string> = {};
    for (const [value, reference] of Object.entries(part["mapping"])) {
      const pointer = isSchemaName(reference)
        ? `#/components/schemas/${reference}`
        : String(reference);
      const name = this.#register(child(at, "mapping", value), pointer);
      if (name !== undefined) mapping[value] = `#/$defs/${name}`;
    }
    return { ...part, mapping };
  }

  #register(at: Located, reference: string): string | undefined {
    const target = this.#set.target(at, reference);
    if (target === undefined) return undefined;
    const key = `${target.document.file}#${target.path.join("/")}`;
    const known = this.#names.get(key);
    if (known !== undefined) return known;
    const wanted = (target.path.at(-1) ?? "document").replaceAll(/[^A-Za-z0-9._-]/g, "_");
    let name = wanted;
    for (let count = 2; Object.hasOwn(this.schemas, name) || name === "__proto__"; count += 1)
      name = `${wanted}_${count}`;
    this.#names.set(key, name);
    this.schemas[name] = true;
    this.schemas[name] = this.schema(target);
    return name;
  }
}

/** A mapping may name a schema bare, where another would point to it. */
const isSchemaName = (reference: unknown): reference is string =>
  typeof reference === "string" &&
  /^[A-Za-z0-9._-]+$/.test(reference) &&
  !/\.(ya?ml|json)$/.test(reference);

function raise30(schema: Record<string, unknown>): void {
  raiseBound(schema, "minimum", "exclusiveMinimum");
  raiseBound(schema, "maximum", "exclusiveMaximum");
  if (schema["nullable"] === true) raiseNullable(schema);
  delete schema["nullable"];
}

function raiseBound(schema: Record<string, unknown>, bound: string, exclusive: string): void {
  if (typeof schema[exclusive] !== "boolean") return;
  if (schema[exclusive] && schema[bound] !== undefined) {
    schema[exclusive] = schema[bound];
    delete schema[bound];
  } else delete schema[exclusive];
}

function raiseNullable(schema: Record<string, unknown>): void {
  if (typeof schema["type"] === "string") schema["type"] = [schema["type"], "null"];
  if (Array.isArray(schema["enum"]) && !schema["enum"].includes(null))
    schema["enum"] = [...(schema["enum"] as unknown[]), null];
  const composed = ["allOf", "anyOf", "oneOf"].find((keyword) => Array.isArray(schema[keyword]));
  if (composed === undefined) return;
  // The discriminator chooses between the branches, and goes where they go.
  const { [composed]: inner, discriminator } = schema;
  delete schema[composed];
  delete schema["discriminator"];
  const choice = discriminator === undefined ? {} : { discriminator };
  schema["anyOf"] = [{ [composed]: inner, ...choice }, { type: "null" }];
}
