import type { JsonSchema } from "./api-document.ts";
import { child, type DocumentSet, isRecord, type Located } from "./references.ts";
import { faultOfKeyword, faultOfPattern, isRead } from "./schema/keyword-shapes.ts";
import { raiseDialect } from "./schema/raise-dialect.ts";

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
const named: ReadonlySet<string> = new Set(["properties", "patternProperties", "dependentSchemas"]);
/** Ways to refer to a schema that are not followed here. */
const notUnderstood: ReadonlySet<string> = new Set(["$dynamicRef", "$recursiveRef"]);

/** Stands where a schema cannot be read: it lets anything pass, beside other schemas too. */
const unreadable: JsonSchema = Object.freeze({ additionalProperties: true });
/** More schemas than this are no document that somebody wrote. */
const mostSchemas = 1_000_000;

/** The names of the schemas that a part of an operation refers to, and whether it was understood. */
export interface Traced<T> {
  readonly value: T;
  readonly names: ReadonlySet<string>;
  readonly lost: boolean;
}

/**
 * Gathers every schema that the document's operations reach into one registry, under names of their
 * own, and raises OpenAPI 3.0's dialect to JSON Schema 2020-12 on the way: `nullable`, boolean
 * `exclusiveMinimum`, `$ref` that hides its siblings. A keyword that cannot be used is left out and
 * named; the rest of its schema is checked all the same.
 */
export class SchemaCollector {
  readonly schemas: Record<string, JsonSchema> = {};
  readonly #set: DocumentSet;
  readonly #is30: boolean;
  readonly #names = new Map<string, string>();
  /** What each registered schema refers to itself, and whether something of it was lost. */
  readonly #traces = new Map<string, Traced<JsonSchema>>();
  /** Schemas that let members by any name pass, whatever else they say of them. */
  readonly #opened = new WeakSet<object>();
  #met: Set<string> = new Set();
  #count = 0;

  constructor(set: DocumentSet, is30: boolean) {
    this.#set = set;
    this.#is30 = is30;
  }

  /** Notes what a part of an operation refers to, and whether something of it was lost. */
  trace<T>(read: () => T): Traced<T> {
    const [outer, losses] = [this.#met, this.#set.losses];
    const names = new Set<string>();
    this.#met = names;
    const value = read();
    this.#met = outer;
    return { value, names, lost: this.#set.losses > losses };
  }

  /** The names of registered schemas of which something was lost, in themselves or further on. */
  lostNames(): ReadonlySet<string> {
    const referring = new Map<string, string[]>();
    for (const [name, { names }] of this.#traces)
      for (const other of names) referring.set(other, [...(referring.get(other) ?? []), name]);
    const lost = new Set([...this.#traces].flatMap(([name, trace]) => (trace.lost ? name : [])));
    // A set is walked to its end, with what is added on the way.
    for (const name of lost) for (const other of referring.get(name) ?? []) lost.add(other);
    return lost;
  }

  schema(at: Located): JsonSchema {
    const { value } = at;
    if (typeof value === "boolean") return value;
    if (!isRecord(value)) {
      this.#set.lose(at, "this is not a schema", { expected: "an object, true or false" });
      return unreadable;
    }
    this.#count += 1;
    if (this.#count > mostSchemas) return this.#tooMany(at);
    const raised: Record<string, unknown> = {};
    const reference = value["$ref"];
    if (reference !== undefined) {
      const name = typeof reference === "string" ? this.#register(at, reference) : undefined;
      if (typeof reference !== "string") this.#set.lose(child(at, "$ref"), "$ref is not a text");
      if (name === undefined) this.#opened.add(Object.assign(raised, unreadable));
      else raised["$ref"] = `#/$defs/${name}`;
      if (this.#is30) return raised;
    }
    this.#keywords(at, value, raised);
    raiseDialect(raised);
    return raised;
  }

  #tooMany(at: Located): JsonSchema {
    if (this.#count === mostSchemas + 1)
      this.#set.fault(at, `the document holds more than ${mostSchemas} schemas`, {
        mend: "Refer to schemas by $ref in place of repeating them, or divide the document.",
      });
    return unreadable;
  }

  #keywords(
    at: Located,
    value: Readonly<Record<string, unknown>>,
    raised: Record<string, unknown>,
  ): void {
    for (const [keyword, part] of Object.entries(value)) {
      if (keyword === "$ref") continue;
      if (notUnderstood.has(keyword)) {
        this.#set.lose(child(at, keyword), `'${keyword}' is not followed`, {
          expected: "$ref with a JSON pointer",
        });
        this.#opened.add(raised);
        continue;
      }
      const read = this.#keyword(at, keyword, part, raised);
      if (read !== undefined) raised[keyword] = read;
    }
    if (this.#opened.has(raised)) raised["additionalProperties"] = true;
    if (value["x-nullable"] === true) raised["nullable"] = true;
  }

  #keyword(
    around: Located,
    keyword: string,
    part: unknown,
    raised: Record<string, unknown>,
  ): unknown {
    const at = child(around, keyword);
    if (single.has(keyword)) return this.schema(at);
    if (listed.has(keyword)) return this.#listed(at, keyword, part);
    if (keyword === "patternProperties") return this.#patterns(at, part, raised);
    if (named.has(keyword)) return this.#named(at, keyword, part);
    if (keyword === "discriminator") return this.#discriminator(at, part, raised);
    if (!isRead(keyword)) return undefined;
    const fault = faultOfKeyword(keyword, part);
    if (fault === undefined) return part;
    const { message, ...rest } = fault;
    this.#set.lose(at, message, rest);
    return undefined;
  }

  #listed(at: Located, keyword: string, part: unknown): readonly JsonSchema[] | undefined {
    if (Array.isArray(part) && part.length > 0)
      return part.map((_, index) => this.schema(child(at, String(index))));
    this.#set.lose(at, `'${keyword}' is not a list of schemas`, {
      expected: "a list of at least one schema",
    });
    return undefined;
  }

  /** What a pattern that cannot be used would have allowed is open. */
  #patterns(at: Located, part: unknown, raised: Record<string, unknown>): unknown {
    const bad = (isRecord(part) ? Object.keys(part) : []).flatMap((pattern) => {
      const fault = faultOfPattern(pattern);
      return fault === undefined ? [] : [[pattern, fault] as const];
    });
    for (const [pattern, { mend, message }] of bad)
      this.#set.lose(child(at, pattern), message, { mend });
    if (bad.length > 0) this.#opened.add(raised);
    const unusable = new Set(bad.map(([pattern]) => pattern));
    return this.#named(at, "patternProperties", part, unusable);
  }

  #named(
    at: Located,
    keyword: string,
    part: unknown,
    without: ReadonlySet<string> = new Set(),
  ): Readonly<Record<string, JsonSchema>> | undefined {
    if (!isRecord(part)) {
      this.#set.lose(at, `'${keyword}' does not hold schemas by name`);
      return undefined;
    }
    const schemas: Record<string, JsonSchema> = {};
    for (const name of Object.keys(part))
      if (!without.has(name))
        Object.defineProperty(schemas, name, {
          value: this.schema(child(at, name)),
          enumerable: true,
          writable: true,
          configurable: true,
        });
    return schemas;
  }

  #discriminator(at: Located, part: unknown, raised: Record<string, unknown>): unknown {
    if (typeof part === "string") {
      // Swagger 2.0 names the property alone: which schemas it chooses between is not said there.
      this.#set.lose(at, `the discriminator '${part}' names no schemas to choose between`, {
        expected:
          "oneOf beside discriminator: { propertyName: ... }; other properties are let pass",
      });
      this.#opened.add(raised);
      return undefined;
    }
    if (!isRecord(part) || !isRecord(part["mapping"])) return part;
    const mapping: Record<string, string> = {};
    for (const [value, reference] of Object.entries(part["mapping"])) {
      const pointer = isSchemaName(reference)
        ? `#/components/schemas/${reference}`
        : String(reference);
      const name = this.#register(child(at, "mapping", value), pointer);
      if (name !== undefined) mapping[value] = `#/$defs/${name}`;
    }
    return { propertyName: part["propertyName"], mapping };
  }

  #register(at: Located, reference: string): string | undefined {
    const target = this.#set.target(at, reference);
    if (target === undefined) return undefined;
    const key = `${target.document.file}#${target.path.join("/")}`;
    const known = this.#names.get(key);
    const name = known ?? this.#newName(target);
    this.#met.add(name);
    if (known !== undefined) return known;
    this.#names.set(key, name);
    this.schemas[name] = true;
    const trace = this.trace(() => this.schema(target));
    this.#traces.set(name, trace);
    this.schemas[name] = trace.value;
    return name;
  }

  #newName({ path }: Located): string {
    const wanted = (path.at(-1) ?? "document").replaceAll(/[^A-Za-z0-9._-]/g, "_");
    let name = wanted;
    for (let count = 2; Object.hasOwn(this.schemas, name) || name === "__proto__"; count += 1)
      name = `${wanted}_${count}`;
    return name;
  }
}

/** A mapping may name a schema bare, where another would point to it. */
const isSchemaName = (reference: unknown): reference is string =>
  typeof reference === "string" &&
  /^[A-Za-z0-9._-]+$/.test(reference) &&
  !/\.(ya?ml|json)$/.test(reference);
