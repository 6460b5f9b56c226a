import type { JsonSchema, SchemaRegistry } from "../operation.ts";
import { type BoundedPattern, compileBoundedPattern } from "./bounded-pattern.ts";
import { byDeclaration, isSchemaObject, resolveBare, sameValueSchemas, type SchemaObject } from "./schema-walk.ts";

/**
 * What may stand at one place of an answer. Undefined for a place that declares nothing, where everything may stand.
 * Built ahead from every schema that speaks of the place; recursive schemas make a cycle of these.
 */
interface Allowed {
  /** Undefined: members are not closed here. */
  members: Map<string, Member> | undefined;
  patterns: readonly { readonly pattern: BoundedPattern; readonly allowed: Allowed | undefined }[];
  /** For names that are declared nowhere: kept, and looked into with this. Absent: taken away. */
  others: { readonly allowed: Allowed | undefined } | undefined;
  items: Allowed | undefined;
  byDiscriminator: { readonly property: string; readonly branches: ReadonlyMap<string, Allowed | undefined> } | undefined;
}

interface Member {
  readonly allowed: Allowed | undefined;
  /** Undefined: everybody's. */
  readonly roles: readonly string[] | undefined;
}

const mostNamed = 50;

/** `roles` are the caller's. */
export type Strip = (value: unknown, roles: readonly string[]) => { readonly value: unknown; readonly stripped: readonly string[] } | undefined;

/** Roles that may have a property, by schema and property. */
export type RestrictedProperties = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

/** Takes from an answer what its schema does not declare, and what is `writeOnly`. Undefined when nothing can ever be taken. */
export function compileStrip(schema: JsonSchema | undefined, schemas: SchemaRegistry, restricted: RestrictedProperties = {}): Strip | undefined {
  const allowed = new AllowedBuilder(schemas, restricted).at(schema);
  if (allowed === undefined) return undefined;
  return (value, roles) => {
    const stripped: string[] = [];
    const kept = keep(value, allowed, "", stripped, roles);
    return stripped.length === 0 ? undefined : { value: kept, stripped };
  };
}

/** Copies only along the paths that lose something. */
function keep(value: unknown, allowed: Allowed, pointer: string, stripped: string[], roles: readonly string[], isBranch = false): unknown {
  if (Array.isArray(value)) {
    const { items } = allowed;
    if (items === undefined) return value;
    let copy: unknown[] | undefined;
    for (let index = 0; index < value.length; index += 1) {
      const item: unknown = value[index];
      if (typeof item !== "object" || item === null) continue;
      const kept = keep(item, items, `${pointer}/*`, stripped, roles);
      if (kept !== item) (copy ??= [...(value as unknown[])])[index] = kept;
    }
    return copy ?? value;
  }
  if (typeof value !== "object" || value === null) return value;
  const object = value as Record<string, unknown>;
  const { byDiscriminator } = allowed;
  // A branch may build on the schema that chose it: choosing once is enough.
  if (byDiscriminator !== undefined && !isBranch) {
    const named = Object.hasOwn(object, byDiscriminator.property) ? object[byDiscriminator.property] : undefined;
    const branch = typeof named === "string" ? byDiscriminator.branches.get(named) : undefined;
    if (branch !== undefined) return keep(value, branch, pointer, stripped, roles, true);
  }
  const { members } = allowed;
  if (members === undefined) return value;
  let copy: Record<string, unknown> | undefined;
  for (const name of Object.keys(object)) {
    const found = memberOf(allowed, members, name, roles);
    const part = object[name];
    if (found === undefined) {
      if (stripped.length < mostNamed) {
        const at = `${pointer}/${name.slice(0, 100)}`;
        if (!stripped.includes(at)) stripped.push(at);
      }
      delete (copy ??= { ...object })[name];
    } else if (found.allowed !== undefined && typeof part === "object" && part !== null) {
      const kept = keep(part, found.allowed, `${pointer}/${name}`, stripped, roles);
      if (kept !== part) (copy ??= { ...object })[name] = kept;
    }
  }
  return copy ?? value;
}

function memberOf(allowed: Allowed, members: NonNullable<Allowed["members"]>, name: string, roles: readonly string[]): { readonly allowed: Allowed | undefined } | undefined {
  const member = members.get(name);
  if (member !== undefined) return member.roles === undefined || member.roles.some((role) => roles.includes(role)) ? member : undefined;
  for (const { allowed: inner, pattern } of allowed.patterns) if (pattern.test(name)) return { allowed: inner };
  return allowed.others;
}

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
    const allowed: Allowed = { members: undefined, patterns: [], others: undefined, items: undefined, byDiscriminator: undefined };
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
      const { additionalProperties, items: item, patternProperties, prefixItems, properties, unevaluatedProperties } = part;
      if (isSchemaObject(properties)) {
        closed ||= Object.keys(properties).length > 0;
        for (const [name, member] of Object.entries(properties)) members.set(name, [...(members.get(name) ?? []), member as JsonSchema]);
        // Restricted anywhere is restricted: another schema that declares the name too does not open it.
        for (const [name, roles] of Object.entries(this.#restricted.get(properties) ?? {})) rolesOf.set(name, roles);
      }
      if (isSchemaObject(patternProperties)) {
        closed = true;
        for (const [pattern, member] of Object.entries(patternProperties)) patterns.push({ pattern: compileBoundedPattern(pattern), allowed: this.at(member as JsonSchema) });
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
      for (const [name, schemas] of members) if (!schemas.some((schema) => this.#isWriteOnly(schema))) allowed.members.set(name, { allowed: this.#union(schemas), roles: rolesOf.get(name) });
    }
    allowed.byDiscriminator = this.#discriminator(parts);
  }

  #union(schemas: readonly JsonSchema[]): Allowed | undefined {
    const [first] = schemas;
    if (first === undefined || schemas.some((schema) => schema === true)) return undefined;
    const resolved = [...new Set(schemas.map((schema) => resolveBare(schema, this.#schemas)))];
    if (resolved.length === 1) return this.at(first);
    const key = resolved.map((schema) => this.#numberOf(schema)).sort((a, b) => a - b).join(" ");
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
    return (isSchemaObject(schema) && schema["writeOnly"] === true) || (isSchemaObject(resolved) && resolved["writeOnly"] === true);
  }

  /** With a discriminator, the branch that the answer names is the whole of what may stand there. */
  #discriminator(parts: readonly SchemaObject[]): Allowed["byDiscriminator"] {
    for (const part of parts) {
      const { discriminator } = part as { discriminator?: unknown };
      const branches = (part["oneOf"] ?? part["anyOf"]) as JsonSchema[] | undefined;
      if (!isSchemaObject(discriminator) || typeof discriminator["propertyName"] !== "string" || !Array.isArray(branches)) continue;
      const named = new Map<string, Allowed | undefined>();
      for (const branch of branches) {
        const reference = isSchemaObject(branch) ? branch["$ref"] : undefined;
        if (typeof reference === "string") named.set(reference.slice("#/$defs/".length), this.at(branch));
      }
      if (isSchemaObject(discriminator["mapping"])) for (const [value, reference] of Object.entries(discriminator["mapping"])) named.set(value, this.at({ $ref: String(reference) }));
      return { property: discriminator["propertyName"], branches: named };
    }
    return undefined;
  }
}
