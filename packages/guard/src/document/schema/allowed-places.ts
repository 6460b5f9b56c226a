import type { JsonSchema, SchemaRegistry } from "../api-document.ts";
import { type BoundedPattern, compileBoundedPattern } from "./bounded-pattern.ts";
import {
  byDeclaration,
  isSchemaObject,
  resolveBare,
  sameValueSchemas,
  type SchemaObject,
} from "./schema-walk.ts";

/**
 * What may stand at one place of an answer. Undefined for a place that declares nothing, where
 * everything may stand. Built ahead from every schema that speaks of the place; recursive schemas
 * make a cycle of these.
 */
export interface Allowed {
  /** Undefined: members are not closed here. */
  members: Map<string, Member> | undefined;
  patterns: readonly { readonly pattern: BoundedPattern; readonly allowed: Allowed | undefined }[];
  /** For names that are declared nowhere: kept, and looked into with this. Absent: taken away. */
  others: { readonly allowed: Allowed | undefined } | undefined;
  items: Allowed | undefined;
  byDiscriminator:
    | { readonly property: string; readonly branches: ReadonlyMap<string, Allowed | undefined> }
    | undefined;
}

export interface Member {
  readonly allowed: Allowed | undefined;
  /** Undefined: everybody's. */
  readonly roles: readonly string[] | undefined;
}

/** Roles that may have a property, by schema and property. */
export type RestrictedProperties = Readonly<
  Record<string, Readonly<Record<string, readonly string[]>>>
>;

/** What may stand where the schema stands; undefined where everything may. */
export const allowedAt = (
  schema: JsonSchema | undefined,
  schemas: SchemaRegistry,
  restricted: RestrictedProperties,
): Allowed | undefined => new AllowedBuilder(schemas, restricted).at(schema);

class AllowedBuilder {
  readonly #schemas: SchemaRegistry;
  /** By schema object: a recursive schema meets itself here. */
  readonly #built = new Map<unknown, Allowed>();
  /** By the schemas it is made of: a recursive schema meets its unions here. */
  readonly #unions = new Map<string, JsonSchema>();
  readonly #numbers = new Map<unknown, number>();

  /** By the properties object that declares them. */
  readonly #restricted: ReadonlyMap<unknown, Readonly<Record<string, readonly string[]>>>;

  constructor(schemas: SchemaRegistry, restricted: RestrictedProperties) {
    this.#schemas = schemas;
    this.#restricted = byDeclaration(restricted, schemas);
  }

  at(schema: JsonSchema | undefined): Allowed | undefined {
    const resolved = resolveBare(schema, this.#schemas);
    if (!isSchemaObject(resolved)) return undefined;
    const known = this.#built.get(resolved);
    if (known !== undefined) return known;
    const allowed: Allowed = {
      members: undefined,
      patterns: [],
      others: undefined,
      items: undefined,
      byDiscriminator: undefined,
    };
    this.#built.set(resolved, allowed);
    this.#fill(allowed, [...sameValueSchemas(resolved, this.#schemas)]);
    return allowed;
  }

  #fill(allowed: Allowed, parts: readonly SchemaObject[]): void {
    const patterns: { pattern: BoundedPattern; allowed: Allowed | undefined }[] = [];
    const members = new Map<string, JsonSchema[]>();
    const rolesOf = new Map<string, readonly string[]>();
    const items: JsonSchema[] = [];
    let closed = false;
    for (const part of parts) {
      const {
        additionalProperties,
        items: item,
        patternProperties,
        prefixItems,
        properties,
        unevaluatedProperties,
      } = part;
      if (isSchemaObject(properties)) {
        closed ||= Object.keys(properties).length > 0;
        for (const [name, member] of Object.entries(properties))
          members.set(name, [...(members.get(name) ?? []), member as JsonSchema]);
        // Restricted anywhere is restricted: another schema that declares the name too does not
        // open it.
        for (const [name, roles] of Object.entries(this.#restricted.get(properties) ?? {}))
          rolesOf.set(name, roles);
      }
      if (isSchemaObject(patternProperties)) {
        closed = true;
        for (const [pattern, member] of Object.entries(patternProperties))
          patterns.push({
            pattern: compileBoundedPattern(pattern),
            allowed: this.at(member as JsonSchema),
          });
      }
      for (const open of [additionalProperties, unevaluatedProperties]) {
        if (open === false) closed = true;
        else if (open !== undefined) allowed.others = { allowed: this.at(open as JsonSchema) };
      }
      if (item !== undefined) items.push(item as JsonSchema);
      if (Array.isArray(prefixItems)) items.push(...(prefixItems as JsonSchema[]));
    }
    allowed.patterns = patterns;
    allowed.items = this.#union(items);
    if (closed) {
      allowed.members = new Map();
      for (const [name, schemas] of members)
        if (!schemas.some((schema) => this.#isWriteOnly(schema)))
          allowed.members.set(name, { allowed: this.#union(schemas), roles: rolesOf.get(name) });
    }
    allowed.byDiscriminator = this.#discriminator(parts);
  }

  #union(schemas: readonly JsonSchema[]): Allowed | undefined {
    const [first] = schemas;
    if (first === undefined || schemas.some((schema) => schema === true)) return undefined;
    const resolved = [...new Set(schemas.map((schema) => resolveBare(schema, this.#schemas)))];
    if (resolved.length === 1) return this.at(first);
    const key = resolved
      .map((schema) => this.#numberOf(schema))
      .sort((a, b) => a - b)
      .join(" ");
    let union = this.#unions.get(key);
    if (union === undefined) this.#unions.set(key, (union = { anyOf: resolved }));
    return this.at(union);
  }

  #numberOf(schema: unknown): number {
    const number = this.#numbers.get(schema) ?? this.#numbers.size;
    this.#numbers.set(schema, number);
    return number;
  }

  #isWriteOnly(schema: JsonSchema): boolean {
    const resolved = resolveBare(schema, this.#schemas);
    return (
      (isSchemaObject(schema) && schema["writeOnly"] === true) ||
      (isSchemaObject(resolved) && resolved["writeOnly"] === true)
    );
  }

  /**
   * With a discriminator, the branch that the answer names is the whole of what may stand there.
   */
  #discriminator(parts: readonly SchemaObject[]): Allowed["byDiscriminator"] {
    for (const part of parts) {
      const { discriminator } = part as { discriminator?: unknown };
      const branches = (part["oneOf"] ?? part["anyOf"]) as JsonSchema[] | undefined;
      if (
        !isSchemaObject(discriminator) ||
        typeof discriminator["propertyName"] !== "string" ||
        !Array.isArray(branches)
      )
        continue;
      const named = new Map<string, Allowed | undefined>();
      for (const branch of branches) {
        const reference = isSchemaObject(branch) ? branch["$ref"] : undefined;
        if (typeof reference === "string")
          named.set(reference.slice("#/$defs/".length), this.at(branch));
      }
      if (isSchemaObject(discriminator["mapping"]))
        for (const [value, reference] of Object.entries(discriminator["mapping"]))
          named.set(value, this.at({ $ref: String(reference) }));
      return { property: discriminator["propertyName"], branches: named };
    }
    return undefined;
  }
}
