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
    for (const [keyword, part] of Object.entries(value)) {
      if (keyword === "$ref" || dropped.has(keyword) || keyword.startsWith("x-")) continue;
      if (
        keyword === "$dynamicRef" ||
        keyword === "$id" ||
        keyword === "$anchor" ||
        keyword === "$dynamicAnchor"
      ) {
        this.#set.fault(
          child(at, keyword),
          `'${keyword}' is not understood in an OpenAPI document's schemas`,
          { expected: "$ref with a JSON pointer" },
        );
        continue;
      }
      raised[keyword] = this.#keyword(child(at, keyword), keyword, part);
    }
    if (this.#is30) raise30(raised);
    return raised;
  }

  #keyword(at: Located, keyword: string, part: unknown): unknown {
    if (single.has(keyword)) return typeof part === "boolean" ? part : this.schema(at);
    if (listed.has(keyword)) {
      if (Array.isArray(part)) return part.map((_, index) => this.schema(child(at, String(index))));
      this.#set.fault(at, `'${keyword}' is not a list of schemas`);
      return [];
    }
    if (named.has(keyword)) {
      if (!isRecord(part)) {
        this.#set.fault(at, `'${keyword}' does not hold schemas by name`);
        return {};
      }
      const schemas: Record<string, unknown> = {};
      for (const name of Object.keys(part))
        Object.defineProperty(schemas, name, {
          value: this.schema(child(at, name)),
          enumerable: true,
          writable: true,
          configurable: true,
        });
      return schemas;
    }
    if (keyword === "discriminator" && isRecord(part) && isRecord(part["mapping"])) {
      const mapping: Record<string, string> = {};
      for (const [value, reference] of Object.entries(part["mapping"])) {
        const pointer =
          typeof reference === "string" &&
          /^[A-Za-z0-9._-]+$/.test(reference) &&
          !/\.(ya?ml|json)$/.test(reference)
            ? `#/components/schemas/${reference}`
            : String(reference);
        const name = this.#register(child(at, "mapping", value), pointer);
        if (name !== undefined) mapping[value] = `#/$defs/${name}`;
      }
      return { ...part, mapping };
    }
    return part;
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

function raise30(schema: Record<string, unknown>): void {
  for (const [bound, exclusive] of [
    ["minimum", "exclusiveMinimum"],
    ["maximum", "exclusiveMaximum"],
  ] as const) {
    if (typeof schema[exclusive] !== "boolean") continue;
    if (schema[exclusive] && schema[bound] !== undefined) {
      schema[exclusive] = schema[bound];
      delete schema[bound];
    } else delete schema[exclusive];
  }
  if (schema["nullable"] === true) {
    if (typeof schema["type"] === "string") schema["type"] = [schema["type"], "null"];
    if (Array.isArray(schema["enum"]) && !schema["enum"].includes(null))
      schema["enum"] = [...(schema["enum"] as unknown[]), null];
    for (const composed of ["allOf", "anyOf", "oneOf"] as const) {
      if (Array.isArray(schema[composed])) {
        const inner = schema[composed];
        delete schema[composed];
        schema["anyOf"] = [{ [composed]: inner }, { type: "null" }];
        break;
      }
    }
  }
  delete schema["nullable"];
}
