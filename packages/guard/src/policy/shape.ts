import { child, type DocumentSet, isRecord, type Located } from "../document/references.ts";
import { nearest } from "../reading/nearest-name.ts";

/**
 * What a value of the policy file may be: how it is read, how it is named to a person, and its JSON
 * Schema for editors. One table of shapes is the reader, the types and the schema.
 */
export interface Shape<T> {
  /** Undefined with a fault when the value is not understood. */
  read(at: Located, set: DocumentSet): T | undefined;
  readonly expected: string;
  readonly jsonSchema: Readonly<Record<string, unknown>>;
  /** A secret may stand in it. */
  readonly holdsSecret?: boolean;
}

export type Read<S> = S extends Shape<infer T> ? T : never;

export function refused(
  at: Located,
  set: DocumentSet,
  expected: string,
  words: readonly string[] = [],
): undefined {
  const { value } = at;
  const shown = shownOf(at);
  const name = at.path.at(-1) ?? "the file";
  const around = at.path.at(-2);
  const meant = typeof value === "string" ? nearest(value, words) : undefined;
  set.fault(
    at,
    /^\d+$/.test(name) && around !== undefined
      ? `'${around}' holds ${shown}`
      : `'${name}' is ${shown}`,
    { expected, ...(meant === undefined ? {} : { mend: `Did you mean '${meant}'?` }) },
  );
  return undefined;
}

/**
 * A value as a message may show it. What may be a secret is never shown, nor what lies behind a host in an address: people write passwords and keys there.
 */
function shownOf({ value, withheld: isWithheld }: Located): string {
  if (value === null) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "an object";
  if (isWithheld === true) return "what is not shown, because it may be a secret";
  if (typeof value !== "string") return JSON.stringify(value);
  if (value.includes("\n")) return "a text of several lines";
  const address = /^([a-z][a-z0-9+.-]*:\/*)(?:[^/?#]*@)?([^/?#]*)(.*)$/i.exec(value);
  if (address === null || !value.includes("//")) return JSON.stringify(value);
  const [, scheme = "", host = "", rest = ""] = address;
  return JSON.stringify(`${scheme}${host}${rest.length < 2 ? rest : "/..."}`);
}

/** The same shape, whose values no message shows. Editors are told so too (`writeOnly`). */
export const withheld = <S extends Shape<unknown>>(shape: S): S => ({
  ...shape,
  holdsSecret: true,
  jsonSchema: { ...shape.jsonSchema, writeOnly: true },
  read: (at: Located, set: DocumentSet) => shape.read({ ...at, withheld: true }, set),
});

/** A place where something else stands than what may hold a secret: perhaps the secret itself. */
export const inPlaceOf = (at: Located, { holdsSecret }: Pick<Shape<unknown>, "holdsSecret">) =>
  holdsSecret === true ? ({ ...at, withheld: true } as const) : at;

const holding = ({ holdsSecret }: Shape<unknown>): Pick<Shape<unknown>, "holdsSecret"> =>
  holdsSecret === true ? { holdsSecret } : {};

/** A scalar that `parse` understands; its `undefined` means not understood. */
export function scalar<T>(
  expected: string,
  parse: (value: string | number | boolean) => T | undefined,
  jsonSchema: Readonly<Record<string, unknown>>,
  words: readonly string[] = [],
): Shape<T> {
  return {
    expected,
    jsonSchema: "enum" in jsonSchema ? jsonSchema : { title: expected, ...jsonSchema },
    read(at, set) {
      const { value } = at;
      const parsed =
        typeof value === "string" || typeof value === "number" || typeof value === "boolean"
          ? parse(value)
          : undefined;
      return parsed === undefined ? refused(at, set, expected, words) : parsed;
    },
  };
}

export const text = (expected: string, form: RegExp = /^[^\u0000-\u001f]+$/): Shape<string> =>
  scalar(expected, (value) => (typeof value === "string" && form.test(value) ? value : undefined), {
    type: "string",
  });

export const integer = (least: number, most: number): Shape<number> =>
  scalar(
    least === most ? `the number ${least}` : `a whole number from ${least} to ${most}`,
    (value) =>
      typeof value === "number" && Number.isInteger(value) && value >= least && value <= most
        ? value
        : undefined,
    { type: "integer", minimum: least, maximum: most },
  );

export const flag: Shape<boolean> = scalar(
  "true or false",
  (value) => (typeof value === "boolean" ? value : undefined),
  { type: "boolean" },
);

export const choice = <const T extends string>(...choices: readonly T[]): Shape<T> =>
  scalar(
    choices.join(", "),
    (value) => choices.find((one) => one === value),
    { enum: choices },
    choices,
  );

/** A whole number with a unit, read in the smallest of them. */
function quantity(expected: string, units: Readonly<Record<string, number>>): Shape<number> {
  const form = `^(\\d{1,9})(${Object.keys(units).join("|")})$`;
  const pattern = new RegExp(form);
  return scalar(
    expected,
    (value) => {
      const match = typeof value === "string" ? pattern.exec(value) : null;
      return match === null ? undefined : Number(match[1]) * (units[match[2] as string] as number);
    },
    { type: "string", pattern: form },
  );
}

/** `30s 5m 24h 30d`, read as milliseconds. */
export const duration = quantity("a duration such as 30s, 5m, 24h or 30d", {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  y: 31_536_000_000,
});

/** `64kB 1MiB`, read as bytes. */
export const size = quantity("a size such as 64kB or 1MiB", {
  B: 1,
  kB: 1000,
  KiB: 1024,
  MB: 1_000_000,
  MiB: 1_048_576,
  GB: 1_000_000_000,
  GiB: 1_073_741_824,
});

/** Each element by one shape; `items` is that shape, for what walks the whole format. */
export function list<T>(
  item: Shape<T>,
  least = 0,
): Shape<readonly T[]> & { readonly items: Shape<T> } {
  const expected = `a list of ${item.expected}`;
  return {
    items: item,
    expected,
    ...holding(item),
    jsonSchema: { type: "array", items: item.jsonSchema, minItems: least },
    read(at, set) {
      if (!Array.isArray(at.value) || at.value.length < least)
        return refused(inPlaceOf(at, item), set, expected);
      const items = at.value.map((_, index) => item.read(child(at, String(index)), set));
      return items.every((one) => one !== undefined) ? items : undefined;
    },
  };
}

/** One, or a list of them: always read as a list. */
export function oneOrMore<T>(item: Shape<T>): Shape<readonly T[]> & { readonly items: Shape<T> } {
  const many = list(item, 1);
  return {
    items: item,
    expected: `${item.expected}, or ${many.expected}`,
    ...holding(item),
    jsonSchema: { anyOf: [item.jsonSchema, many.jsonSchema] },
    read(at, set) {
      if (Array.isArray(at.value)) return many.read(at, set);
      const one = item.read(at, set);
      return one === undefined ? undefined : [one];
    },
  };
}

/** Names of the operator's own choosing, each with a value of one shape. */
export function named<T>(item: Shape<T>): Shape<Readonly<Record<string, T>>> {
  const expected = `names, each with ${item.expected}`;
  return {
    expected,
    ...holding(item),
    jsonSchema: { type: "object", additionalProperties: item.jsonSchema },
    read(at, set) {
      if (!isRecord(at.value)) return refused(inPlaceOf(at, item), set, expected);
      const entries = Object.keys(at.value).map(
        (name) => [name, item.read(child(at, name), set)] as const,
      );
      return entries.every(([, one]) => one !== undefined)
        ? (Object.fromEntries(entries) as Record<string, T>)
        : undefined;
    },
  };
}

/** By the kind of value: a scalar is read by one shape, an object or list by the other. */
export function scalarOr<A, B>(plain: Shape<A>, structured: Shape<B>): Shape<A | B> {
  const { fields, items } = structured as Partial<Record<"fields" | "items", unknown>>;
  const expected = `${plain.expected}, or ${structured.expected}`;
  return {
    ...(fields === undefined ? {} : { fields }),
    ...(items === undefined ? {} : { items }),
    ...holding(plain),
    ...holding(structured),
    expected,
    jsonSchema: { anyOf: [plain.jsonSchema, structured.jsonSchema] },
    read(at, set): A | B | undefined {
      if (typeof at.value === "object" && at.value !== null)
        return structured.read(
          plain.holdsSecret === true ? { ...at, mayNameSecret: true } : at,
          set,
        );
      const read = plain.read(inPlaceOf(at, structured), set);
      const fault = set.faults.at(-1);
      // The fault names both forms, because the writer may have meant either.
      if (read === undefined && fault?.expected === plain.expected)
        set.faults[set.faults.length - 1] = { ...fault, expected };
      return read;
    },
  };
}

/** Two kinds of objects, told apart by a key that only the first has. */
export function either<A, B>(key: string, first: Shape<A>, second: Shape<B>): Shape<A | B> {
  return {
    expected: `${first.expected}, or ${second.expected}`,
    ...holding(first),
    ...holding(second),
    jsonSchema: { anyOf: [first.jsonSchema, second.jsonSchema] },
    read: (at, set): A | B | undefined =>
      isRecord(at.value) && Object.hasOwn(at.value, key)
        ? first.read(at, set)
        : second.read(at, set),
  };
}
