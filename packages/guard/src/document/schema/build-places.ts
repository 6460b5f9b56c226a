import { plainName } from "../../reading/names-alike.ts";
import type { JsonSchema, SchemaRegistry } from "../api-document.ts";
import { discriminatorOf } from "./discriminator.ts";
import type { Choice, Member, Place, PropertyRules } from "./places.ts";
import { RuleReach } from "./rule-reach.ts";
import {
  byDeclaration,
  isSchemaObject,
  isWrongWay,
  onElement,
  onMember,
  patternsOf,
  prefixLength,
  sameValueSchemas,
  type SchemaObject,
} from "./schema-walk.ts";

/** What is said of a place, filled when it is first met. */
type Content<R> = Omit<Place<R>, "parts" | "ruled">;

/**
 * Filled when somebody comes to it: with branches that lead to one another, the places that could
 * be met are many more than those that are.
 */
class BuiltPlace<R> implements Place<R> {
  readonly parts: readonly SchemaObject[];
  readonly ruled: boolean;
  readonly #fill: (parts: readonly SchemaObject[]) => Content<R>;
  #content: Content<R> | undefined;

  constructor(
    parts: readonly SchemaObject[],
    ruled: boolean,
    fill: (parts: readonly SchemaObject[]) => Content<R>,
  ) {
    this.parts = parts;
    this.ruled = ruled;
    this.#fill = fill;
  }

  get closed(): boolean {
    return this.#filled().closed;
  }
  get members(): Place<R>["members"] {
    return this.#filled().members;
  }
  get patterns(): Place<R>["patterns"] {
    return this.#filled().patterns;
  }
  get severalPatterns(): Member<R> | undefined {
    return this.#filled().severalPatterns;
  }
  get others(): Member<R> | undefined {
    return this.#filled().others;
  }
  get prefix(): Place<R>["prefix"] {
    return this.#filled().prefix;
  }
  get items(): Place<R> | undefined {
    return this.#filled().items;
  }
  get choice(): Choice<R> | undefined {
    return this.#filled().choice;
  }
  get alike(): Place<R>["alike"] {
    return this.#filled().alike;
  }

  #filled(): Content<R> {
    return (this.#content ??= this.#fill(this.parts));
  }
}

/** So many places are remembered of one document; any further one is built when it is met. */
const mostBuilt = 50_000;

/** Keywords that say something of members or elements. */
const telling = [
  "additionalProperties",
  "contains",
  "discriminator",
  "items",
  "patternProperties",
  "prefixItems",
  "properties",
  "unevaluatedItems",
  "unevaluatedProperties",
] as const;

/** Builds the places of one document's schemas under one set of rules, each once. */
export class PlaceBuilder<R> {
  readonly #schemas: SchemaRegistry;
  /** By the properties object that declares them. */
  readonly #rules: ReadonlyMap<unknown, Readonly<Record<string, R>>>;
  /** By the schemas it is made of: a recursive schema meets itself here. */
  readonly #built = new Map<string, Place<R>>();
  readonly #numbers = new Map<unknown, number>();
  readonly #reach: RuleReach;

  constructor(schemas: SchemaRegistry, rules: PropertyRules<R>) {
    this.#schemas = schemas;
    this.#rules = byDeclaration(rules, schemas);
    this.#reach = new RuleReach(schemas, (properties) => this.#rules.has(properties));
  }

  root(schema: JsonSchema | undefined): Place<R> | undefined {
    return schema === undefined ? undefined : this.#at([schema]);
  }

  #at(schemas: readonly JsonSchema[]): Place<R> | undefined {
    const seen = new Set<unknown>();
    const parts = schemas
      .flatMap((schema) => [...sameValueSchemas(schema, this.#schemas, seen)])
      .filter((part) => telling.some((keyword) => part[keyword] !== undefined));
    if (parts.length === 0) return undefined;
    const key = parts
      .map((part) => this.#numberOf(part))
      .sort((a, b) => a - b)
      .join(" ");
    let place = this.#built.get(key);
    if (place === undefined) {
      const ruled = this.#rules.size > 0 && parts.some((part) => this.#reach.meetsRule(part));
      place = new BuiltPlace(parts, ruled, (of) => this.#content(of));
      if (this.#built.size < mostBuilt) this.#built.set(key, place);
    }
    return place;
  }

  #content(parts: readonly SchemaObject[]): Content<R> {
    const members = this.#members(parts);
    const patterns = parts.flatMap((part) =>
      patternsOf(part).map((one) => [part, ...one] as const),
    );
    const others = othersOf(parts);
    const several = [...patterns.map(([, , schema]) => schema), ...others];
    return {
      closed: parts.some(closes),
      members,
      alike: alikeOf(members),
      patterns: patterns.map(([part, pattern, schema]) => ({
        pattern,
        member: this.#member([schema, ...othersOf(parts.filter((one) => one !== part))]),
      })),
      severalPatterns: patterns.length > 1 ? this.#member(several) : undefined,
      others: others.length > 0 ? this.#member(others) : undefined,
      prefix: Array.from({ length: prefixLength(parts) }, (_, index) =>
        this.#at(onElement(parts, index)),
      ),
      items: this.#at(onElement(parts, Number.POSITIVE_INFINITY)),
      choice: this.#choice(parts),
    };
  }

  #members(parts: readonly SchemaObject[]): Map<string, Member<R>> {
    const members = new Map<string, Member<R>>();
    for (const { properties } of parts) {
      if (!isSchemaObject(properties)) continue;
      for (const name of Object.keys(properties)) {
        if (members.has(name)) continue;
        const rules = parts.flatMap((part) => this.#rulesOf(part["properties"], name));
        members.set(name, this.#member(onMember(parts, name), [...new Set(rules)]));
      }
    }
    return members;
  }

  #rulesOf(properties: unknown, name: string): readonly R[] {
    const rules = this.#rules.get(properties);
    if (rules === undefined || !Object.hasOwn(rules, name)) return [];
    return Object.hasOwn(properties as SchemaObject, name) ? [rules[name] as R] : [];
  }

  #member(schemas: readonly JsonSchema[], rules: readonly R[] = []): Member<R> {
    return {
      place: this.#at(schemas),
      rules,
      writeOnly: schemas.some((schema) => isWrongWay(schema, "writeOnly", this.#schemas)),
    };
  }

  #choice(parts: readonly SchemaObject[]): Choice<R> | undefined {
    for (const part of parts) {
      const found = discriminatorOf(part, this.#schemas);
      if (found === undefined) continue;
      const branches = new Map<string, Place<R>>();
      for (const [value, schema] of found.branches) {
        const place = this.#at([schema]);
        if (place !== undefined) branches.set(value, place);
      }
      const any = this.#at([...parts, ...found.branches.values()]);
      return any === undefined ? undefined : { property: found.property, branches, any };
    }
    return undefined;
  }

  #numberOf(schema: unknown): number {
    const number = this.#numbers.get(schema) ?? this.#numbers.size;
    this.#numbers.set(schema, number);
    return number;
  }
}

function closes(part: SchemaObject): boolean {
  const { additionalProperties, patternProperties, properties, unevaluatedProperties } = part;
  return (
    (isSchemaObject(properties) && Object.keys(properties).length > 0) ||
    isSchemaObject(patternProperties) ||
    additionalProperties === false ||
    unevaluatedProperties === false
  );
}

/** What is said of members that are declared nowhere. */
const othersOf = (parts: readonly SchemaObject[]): readonly JsonSchema[] =>
  parts
    .flatMap((part) => [part["additionalProperties"], part["unevaluatedProperties"]])
    .filter((open) => open !== undefined && open !== false) as JsonSchema[];

function alikeOf<R>(members: ReadonlyMap<string, Member<R>>): ReadonlyMap<string, readonly R[]> {
  const alike = new Map<string, readonly R[]>();
  for (const [name, { rules }] of members)
    if (rules.length > 0)
      alike.set(plainName(name), [...(alike.get(plainName(name)) ?? []), ...rules]);
  return alike;
}
