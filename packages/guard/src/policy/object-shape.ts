import { child, type DocumentSet, isRecord, type Located } from "../document/references.ts";
import { nearest } from "../reading/nearest-name.ts";
import { inPlaceOf, type Read, refused, type Shape } from "./shape.ts";

/** One key of an object in the policy file. */
export interface Field<T> {
  readonly shape: Shape<T>;
  readonly required: boolean;
  /** What the key does, in one sentence: for the reference page and for editors. */
  readonly sentence: string;
}

/** A key that must be there. */
export const required = <T>(
  shape: Shape<T>,
  sentence: string,
): Field<T> & { readonly required: true } => ({ shape, required: true, sentence });

/** A key that may be left out. */
export const optional = <T>(
  shape: Shape<T>,
  sentence: string,
): Field<T> & { readonly required: false } => ({ shape, required: false, sentence });

export type Fields = Readonly<Record<string, Field<unknown>>>;

/** The value that is read from an object with these fields. */
export type ReadFields<F> = {
  readonly [K in keyof F as F[K] extends { readonly required: true } ? K : never]: ReadField<F[K]>;
} & {
  readonly [K in keyof F as F[K] extends { readonly required: true } ? never : K]?: ReadField<F[K]>;
};
type ReadField<F> = F extends { readonly shape: infer S } ? Read<S> : never;

/** Keys that are known by name and refused, each with what is missing. */
export type Unavailable = Readonly<Record<string, string>>;

/** The shape of an object, with the table of its keys. */
export type ObjectShape<F extends Fields> = Shape<ReadFields<F>> & { readonly fields: F };

/** A closed object: a key that is not in the table is a fault, with the nearest one that is. */
export function object<const F extends Fields>(
  fields: F,
  unavailable: Unavailable = {},
): ObjectShape<F> {
  const names = Object.keys(fields);
  const holdsSecret = Object.values(fields).some(({ shape }) => shape.holdsSecret === true);
  const expected = `an object with ${names.slice(0, 6).join(", ")}${names.length > 6 ? ", ..." : ""}`;
  return {
    fields,
    expected,
    holdsSecret,
    jsonSchema: {
      type: "object",
      additionalProperties: false,
      properties: Object.fromEntries(Object.entries(fields).map(describe)),
      required: names.filter((name) => fields[name]?.required === true),
    },
    read(at, set) {
      if (!isRecord(at.value)) return refused(inPlaceOf(at, { holdsSecret }), set, expected);
      const keys = Object.keys(at.value);
      const result: Record<string, unknown> = {};
      for (const key of keys) {
        const read = readKey(child(at, key), key, fields, unavailable, set);
        if (read !== undefined) result[key] = read;
      }
      const understood = keys.every((key) => Object.hasOwn(result, key));
      const lacks = noteMissing(at, at.value, fields, set);
      return understood && !lacks ? (result as ReadFields<F>) : undefined;
    },
  };
}

/** Undefined where the key or its value is not understood, which is then noted. */
function readKey(
  place: Located,
  key: string,
  fields: Fields,
  unavailable: Unavailable,
  set: DocumentSet,
): unknown {
  const field = Object.hasOwn(fields, key) ? fields[key] : undefined;
  if (field !== undefined) return field.shape.read(place, set);
  noteUnknown(place, key, Object.keys(fields), unavailable, set);
  return undefined;
}

const describe = ([name, { sentence, shape }]: [string, Field<unknown>]): [string, unknown] => [
  name,
  { ...shape.jsonSchema, description: sentence },
];

function noteUnknown(
  place: Located,
  key: string,
  names: readonly string[],
  unavailable: Unavailable,
  set: DocumentSet,
): void {
  if (Object.hasOwn(unavailable, key)) {
    set.fault(place, `'${key}' is not available in this version: ${unavailable[key]}`, {
      mend: "Leave it out; a control that is not there must not look as if it were.",
    });
    return;
  }
  const meant = nearest(key, names);
  const isHidden = place.withheld === true || (place.mayNameSecret === true && meant === undefined);
  const what = isHidden ? "a key that may be a secret" : `'${key}'`;
  set.fault(place, `${what} is not known here`, {
    expected: names.join(", "),
    ...(meant === undefined ? {} : { mend: `Did you mean '${meant}'?` }),
  });
}

function noteMissing(
  at: Located,
  value: Readonly<Record<string, unknown>>,
  fields: Fields,
  set: DocumentSet,
): boolean {
  const missing = Object.entries(fields).filter(
    ([name, field]) => field.required && !Object.hasOwn(value, name),
  );
  for (const [name, field] of missing)
    set.fault(at, `'${name}' is missing`, { expected: `${name}: ${field.shape.expected}` });
  return missing.length > 0;
}
