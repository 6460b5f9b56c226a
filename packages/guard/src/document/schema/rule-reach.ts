import type { JsonSchema, SchemaRegistry } from "../api-document.ts";
import { discriminatorOf } from "./discriminator.ts";
import { isSchemaObject, schemasWithin, type SchemaObject } from "./schema-walk.ts";

/** Says of each schema whether a rule can be met in the values that it speaks of. */
export class RuleReach {
  readonly #schemas: SchemaRegistry;
  readonly #hasRules: (properties: unknown) => boolean;
  readonly #known = new Map<SchemaObject, boolean>();

  /** @param hasRules whether a `properties` object has members with rules */
  constructor(schemas: SchemaRegistry, hasRules: (properties: unknown) => boolean) {
    this.#schemas = schemas;
    this.#hasRules = hasRules;
  }

  meetsRule(schema: SchemaObject): boolean {
    const known = this.#known.get(schema);
    if (known !== undefined) return known;
    const holders = this.#holdersFrom(schema);
    const met = [...holders.keys()].filter(
      (one) => this.#known.get(one) === true || this.#hasRules(one["properties"]),
    );
    // Whoever holds one that meets a rule meets it too.
    const meeting = new Set(met);
    for (const one of meeting) for (const holder of holders.get(one) ?? []) meeting.add(holder);
    for (const one of holders.keys())
      if (!this.#known.has(one)) this.#known.set(one, meeting.has(one));
    return meeting.has(schema);
  }

  /** All that can be come to from a schema and is not judged yet, with those it is held by. */
  #holdersFrom(schema: SchemaObject): ReadonlyMap<SchemaObject, readonly SchemaObject[]> {
    const holders = new Map<SchemaObject, SchemaObject[]>([[schema, []]]);
    for (const holder of holders.keys()) {
      if (this.#known.has(holder)) continue;
      for (const held of this.#heldBy(holder)) {
        const of = holders.get(held);
        if (of === undefined) holders.set(held, [holder]);
        else of.push(holder);
      }
    }
    return holders;
  }

  #heldBy(schema: SchemaObject): readonly SchemaObject[] {
    const branches = discriminatorOf(schema, this.#schemas)?.branches.values() ?? [];
    const held: JsonSchema[] = [...schemasWithin(schema, this.#schemas), ...branches];
    return held.filter(isSchemaObject);
  }
}
