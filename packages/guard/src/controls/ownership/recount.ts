import type { JsonSchema, SchemaRegistry } from "../../document/api-document.ts";
import {
  isSchemaObject,
  memberNames,
  memberSchema,
  sameValueSchemas,
  typesOf,
} from "../../document/schema/schema-walk.ts";
import { type CountKind, countKindOf, isBesideList } from "./count-names.ts";

/** How long a list was, and how much of it is left. */
export interface Cut {
  readonly sent: number;
  readonly shown: number;
}

type Fields = Readonly<Record<string, unknown>>;

/** Objects of an answer that may tell of a list, by their pointers. */
export interface CountPlaces {
  /** Pointers that the policy names as totals, and those that it leaves as they are. */
  readonly totals: ReadonlySet<string>;
  readonly keep: ReadonlySet<string>;
}

/** What the document asks of an object's members. */
interface Asked {
  readonly required: ReadonlySet<string>;
  readonly nullable: ReadonlySet<string>;
}

/**
 * The same object when it tells nothing of the list. `inner` is the member in which the list stands,
 * which has had its turn.
 */
export type Recount = (object: Fields, at: string, inner: string | undefined, cut: Cut) => Fields;

/** How deep in what stands beside a list it is told of: `meta.pagination.links`. */
const mostDeep = 3;

/**
 * Compiles what becomes of an object that stands around or beside a list. A number that was the
 * list's length becomes what it is now. Any other tells of what the caller may not see, and is
 * taken away; where the document requires it, it says what is shown.
 *
 * @param list where the list stands
 */
export function compileRecount(
  schema: JsonSchema | undefined,
  schemas: SchemaRegistry,
  list: readonly string[],
  { keep, totals }: CountPlaces,
): Recount {
  const holders = new Set(
    [...totals].flatMap((one) => {
      const tokens = one.split("/").slice(1, -1);
      return tokens.map((_, depth) => pointerOf(tokens.slice(0, depth + 1)));
    }),
  );
  const isHolder = (pointer: string, name: string): boolean =>
    isBesideList(name) || holders.has(pointer);
  const asked = new Map<string, Asked>();
  const ask = (of: JsonSchema | undefined, at: string, deep: number): void => {
    asked.set(at, askedOf(of, schemas));
    for (const name of memberNames(of, schemas))
      if (deep > 0 && isHolder(`${at}/${name}`, name))
        ask(memberSchema(of, name, schemas), `${at}/${name}`, deep - 1);
  };
  let around = schema;
  list.forEach((token, depth) => {
    ask(around, pointerOf(list.slice(0, depth)), mostDeep);
    around = memberSchema(around, token, schemas);
  });
  const kindOf = (pointer: string, name: string, value: unknown): CountKind | undefined => {
    if (!totals.has(pointer)) return countKindOf(name);
    return typeof value === "boolean" ? "more" : numberIn(value) === undefined ? "link" : "count";
  };
  const left = (value: unknown, name: string, at: string, deep: number, cut: Cut): unknown => {
    const pointer = `${at}/${name}`;
    if (keep.has(pointer)) return value;
    return deep > 0 && isSchemaObject(value) && isHolder(pointer, name)
      ? recount(value, pointer, undefined, deep - 1, cut)
      : memberLeft(value, kindOf(pointer, name, value), cut, name, asked.get(at));
  };
  const recount = (
    object: Fields,
    at: string,
    inner: string | undefined,
    deep: number,
    cut: Cut,
  ): Fields => {
    let copy: Record<string, unknown> | undefined;
    for (const [name, value] of Object.entries(object)) {
      const next = name === inner ? value : left(value, name, at, deep, cut);
      if (next === value) continue;
      copy ??= { ...object };
      if (next === undefined) delete copy[name];
      else copy[name] = next;
    }
    return copy ?? object;
  };
  return (object, at, inner, cut) => recount(object, at, inner, mostDeep, cut);
}

const nothingAsked: Asked = { required: new Set(), nullable: new Set() };

function askedOf(schema: JsonSchema | undefined, schemas: SchemaRegistry): Asked {
  const required = [...sameValueSchemas(schema, schemas)].flatMap((part) =>
    Array.isArray(part["required"]) ? (part["required"] as string[]) : [],
  );
  const nullable = required.filter((name) =>
    typesOf(memberSchema(schema, name, schemas), schemas).has("null"),
  );
  return { required: new Set(required), nullable: new Set(nullable) };
}

/** What is left of a member; undefined for what is taken away. */
function memberLeft(
  value: unknown,
  kind: CountKind | undefined,
  cut: Cut,
  name: string,
  { nullable, required }: Asked = nothingAsked,
): unknown {
  if (kind === undefined || tellsNothing(value, kind, cut)) return value;
  const number = numberIn(value);
  const isText = typeof value === "string";
  const written = (count: number): unknown => (isText ? String(count) : count);
  if (kind === "count" && number === cut.sent) return written(cut.shown);
  const inside = isSchemaObject(value) ? numberIn(value["value"]) : undefined;
  if (kind === "count" && inside === cut.sent) return { ...(value as Fields), value: cut.shown };
  if (!required.has(name)) return undefined;
  if (nullable.has(name)) return null;
  if (number !== undefined) return written(kind === "count" ? cut.shown : 1);
  if (typeof value === "boolean") return kind === "link";
  return isText ? "" : emptied(value, cut);
}

/** An object that must be there: `{ value: 17, relation: "eq" }`. */
const emptied = (value: unknown, { shown }: Cut): unknown =>
  isSchemaObject(value) && numberIn(value["value"]) !== undefined ? { ...value, value: shown } : {};

function tellsNothing(value: unknown, kind: CountKind, { sent, shown }: Cut): boolean {
  if (value === null || value === "" || Array.isArray(value)) return true;
  // `last: true` is the end of a list, as `hasMore: false` is.
  if (typeof value === "boolean") return value === (kind === "link");
  const number = numberIn(value);
  if (kind === "count") return number === sent && sent === shown;
  return kind === "pages" && number !== undefined && number <= 1;
}

/** A number, as number, as text or as it was written. */
function numberIn(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  if (typeof value === "string") return /^\d+$/.test(value) ? Number(value) : undefined;
  return isSchemaObject(value) && "rawJSON" in value ? Number(value["rawJSON"]) : undefined;
}

export const pointerOf = (tokens: readonly string[]): string =>
  tokens.map((token) => `/${token}`).join("");
