import { plainName } from "../../reading/names-alike.ts";
import type { JsonSchema, SchemaRegistry } from "../api-document.ts";
import { discriminatorOf } from "./discriminator.ts";
import type { Choice, Member, Place, PropertyRules } from "./places.ts";
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

type Building<R> = { -readonly [K in keyof Place<R>]: Place<R>[K] };

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
  readonly #built = new Map<string, Building<R>>();
  readonly #numbers = new Map<unknown, number>();
  #fresh: Building<R>[] = [];

  constructor(schemas: SchemaRegistry, rules: PropertyRules<R>) {
    this.#schemas = schemas;
    this.#rules = byDeclaration(rules, schemas);
  }

  root(schema: JsonSchema | undefined): Place<R> | undefined {
    const place = schema === undefined ? undefined : this.#at([schema]);
    this.#settle();
    return place;
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
    const known = this.#built.get(key);
    if (known !== undefined) return known;
    const place: Building<R> = {
      parts,
      closed: parts.some(closes),
      members: new Map(),
      patterns: [],
      severalPatterns: undefined,
      others: undefined,
      prefix: [],
      items: undefined,
      choice: undefined,
      alike: new Map(),
      ruled: false,
    };
    this.#built.set(key, place);
    this.#fresh.push(place);
    this.#fill(place, parts);
    return place;
  }

  #fill(place: Building<R>, parts: readonly SchemaObject[]): void {
    place.members = this.#members(parts);
    place.alike = alikeOf(place.members);
    const patterns = parts.flatMap((part) =>
      patternsOf(part).map((one) => [part, ...one] as const),
    );
    place.patterns = patterns.map(([part, pattern, schema]) => ({
      pattern,
      member: this.#member([schema, ...othersOf(parts.filter((one) => one !== part))]),
    }));
    if (patterns.length > 1)
      place.severalPatterns = this.#member([
        ...patterns.map(([, , schema]) => schema),
        ...othersOf(parts),
      ]);
    const others = othersOf(parts);
    if (others.length > 0) place.others = this.#member(others);
    place.prefix = Array.from({ length: prefixLength(parts) }, (_, index) =>
      this.#at(onElement(parts, index)),
    );
    place.items = this.#at(onElement(parts, Number.POSITIVE_INFINITY));
    place.choice = this.#choice(parts);
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

  /** Says of each new place whether a rule can be met from it. */
  #settle(): void {
    const open = this.#fresh;
    this.#fresh = [];
    for (let changed = true; changed; ) {
      changed = false;
      for (const place of open) {
        if (place.ruled || !meetsRule(place)) continue;
        place.ruled = changed = true;
      }
    }
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

function meetsRule<R>({ choice, items, members, others, patterns, prefix }: Place<R>): boolean {
  const inner = [...members.values(), ...patterns.map(({ member }) => member), others];
  return (
    inner.some(
      (member) => member !== undefined && (member.rules.length > 0 || member.place?.ruled === true),
    ) || [...prefix, items, choice?.any].some((place) => place?.ruled === true)
  );
}
