import type { Operation } from "@portcullis/guard/documents";

/** What one person was answered to one GET. */
export interface Seen {
  readonly operation: Operation;
  /** What stood for the parameters of the path and the query. */
  readonly params: Readonly<Record<string, string>>;
  /** Path and query, as it was asked for. */
  readonly target: string;
  readonly status: number;
  /** Undefined where it is no JSON. */
  readonly json: unknown;
}

/** Everything that one person was answered. */
export interface Harvest {
  /** What a token of the person says, by which rules may know them. */
  readonly claims: Readonly<Record<string, unknown>>;
  readonly seen: readonly Seen[];
  /** Why operations were not walked. */
  readonly left: readonly string[];
}

export const nameOf = ({ key, operationId }: Operation): string => operationId ?? key;

/** A value that may be an id, as the gate compares ids. */
export const textOfId = (value: unknown): string | undefined =>
  (typeof value === "string" && value !== "" && value.length <= 200) || Number.isSafeInteger(value)
    ? String(value)
    : undefined;

export interface Placed {
  /** A JSON pointer, with `*` for every element of a list. */
  readonly pointer: string;
  readonly id: string;
}

const mostDeep = 5;
const mostElements = 200;

/** Every value of an answer that may be an id, with where it stands. */
export function* idsIn(value: unknown, pointer = "", depth = 0): Generator<Placed> {
  const id = textOfId(value);
  if (id !== undefined) yield { pointer, id };
  if (typeof value !== "object" || value === null || depth === mostDeep) return;
  if (Array.isArray(value))
    for (const element of value.slice(0, mostElements))
      yield* idsIn(element, `${pointer}/*`, depth + 1);
  else
    for (const [name, member] of Object.entries(value))
      yield* idsIn(
        member,
        `${pointer}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`,
        depth + 1,
      );
}

/** The values at each place of an answer. */
export function placesIn(value: unknown): ReadonlyMap<string, readonly string[]> {
  const places = new Map<string, string[]>();
  for (const { id, pointer } of idsIn(value))
    places.set(pointer, [...(places.get(pointer) ?? []), id]);
  return places;
}

/** Where an answer has its list: at its root, or in one of its members. */
export function listIn(
  value: unknown,
): { readonly at: string; readonly items: readonly unknown[] } | undefined {
  if (Array.isArray(value)) return { at: "", items: value };
  if (typeof value !== "object" || value === null) return undefined;
  const lists = Object.entries(value).filter(([, member]) => Array.isArray(member));
  const [only, another] = lists;
  return only === undefined || another !== undefined
    ? undefined
    : { at: `/${only[0]}`, items: only[1] as unknown[] };
}

export const isAnswered = ({ json, status }: Seen): boolean => status === 200 && json !== undefined;
