import { plainName } from "../../reading/names-alike.ts";
import type { JsonSchema, SchemaRegistry } from "../api-document.ts";
import { byDeclaration, isSchemaObject, resolveBare, sameValueSchemas } from "./schema-walk.ts";

/** Marks by schema and property: `{ Document: { id: "document" } }`. */
export type Marks = Readonly<Record<string, Readonly<Record<string, string>>>>;

interface Place {
  /** The mark of each member; and where to look further. */
  readonly marked: Map<string, string>;
  /** The same by their names as the most forgiving server reads them. */
  readonly alike: Map<string, string>;
  readonly members: Map<string, Place>;
  items: Place | undefined;
}

/**
 * Replaces what stands at marked properties, wherever the schema leads to them; the same object
 * when nothing does.
 */
export type ReplaceMarked = (
  value: unknown,
  replace: (mark: string, value: unknown) => unknown,
) => unknown;

/**
 * Undefined when no mark can be reached from the schema.
 *
 * @param alsoAlike for what a caller sends: names that a server could read as a marked one are
 *   taken for it
 */
export function compileReplaceMarked(
  schema: JsonSchema | undefined,
  schemas: SchemaRegistry,
  marks: Marks,
  alsoAlike = false,
): ReplaceMarked | undefined {
  const builder = new PlaceBuilder(schemas, marks);
  const root = builder.at(schema);
  if (root === undefined || !builder.found) return undefined;
  return (value, replace) => walk(value, root, replace, alsoAlike);
}

function markOf(
  { alike, marked, members }: Place,
  name: string,
  alsoAlike: boolean,
): string | undefined {
  const mark = marked.get(name);
  return mark !== undefined || !alsoAlike || alike.size === 0 || members.has(name)
    ? mark
    : alike.get(plainName(name));
}

function walk(
  value: unknown,
  place: Place,
  replace: (mark: string, value: unknown) => unknown,
  alsoAlike: boolean,
): unknown {
  if (Array.isArray(value)) {
    const { items } = place;
    if (items === undefined) return value;
    let copy: unknown[] | undefined;
    value.forEach((item: unknown, index) => {
      const next = walk(item, items, replace, alsoAlike);
      if (next !== item) (copy ??= [...(value as unknown[])])[index] = next;
    });
    return copy ?? value;
  }
  if (typeof value !== "object" || value === null) return value;
  const object = value as Record<string, unknown>;
  let copy: Record<string, unknown> | undefined;
  for (const name of Object.keys(object)) {
    const part = object[name];
    const mark = markOf(place, name, alsoAlike);
    const inner = place.members.get(name);
    const next =
      mark !== undefined
        ? replaceOne(part, mark, replace)
        : inner === undefined
          ? part
          : walk(part, inner, replace, alsoAlike);
    if (next !== part) (copy ??= { ...object })[name] = next;
  }
  return copy ?? value;
}

/** A property of several ids holds them in a list. */
const replaceOne = (
  value: unknown,
  mark: string,
  replace: (mark: string, value: unknown) => unknown,
): unknown =>
  Array.isArray(value)
    ? value.map((item: unknown) => replace(mark, item))
    : value === null || value === undefined
      ? value
      : replace(mark, value);

class PlaceBuilder {
  readonly #schemas: SchemaRegistry;
  readonly #built = new Map<unknown, Place>();
  readonly #marks: ReadonlyMap<unknown, Readonly<Record<string, string>>>;
  found = false;

  constructor(schemas: SchemaRegistry, marks: Marks) {
    this.#schemas = schemas;
    this.#marks = byDeclaration(marks, schemas);
  }

  at(schema: JsonSchema | undefined): Place | undefined {
    const resolved = resolveBare(schema, this.#schemas);
    if (!isSchemaObject(resolved)) return undefined;
    const known = this.#built.get(resolved);
    if (known !== undefined) return known;
    const place: Place = {
      marked: new Map(),
      alike: new Map(),
      members: new Map(),
      items: undefined,
    };
    this.#built.set(resolved, place);
    for (const part of sameValueSchemas(resolved, this.#schemas)) {
      const { items, properties } = part as { items?: unknown; properties?: unknown };
      if (items !== undefined) place.items ??= this.at(items as JsonSchema);
      if (!isSchemaObject(properties)) continue;
      for (const [name, mark] of Object.entries(this.#marks.get(properties) ?? {})) {
        if (!Object.hasOwn(properties, name)) continue;
        place.marked.set(name, mark);
        place.alike.set(plainName(name), mark);
        this.found = true;
      }
      for (const [name, member] of Object.entries(properties)) {
        const inner = this.at(member as JsonSchema);
        if (inner !== undefined && !place.members.has(name)) place.members.set(name, inner);
      }
    }
    return place;
  }
}
