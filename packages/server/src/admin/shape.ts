/** A JSON Schema (2020-12), as the OpenAPI document of the admin API shows it. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** Something that is not as a body has to be, and where in it. */
export interface BodyError {
  /** A JSON Pointer (RFC 6901); empty for the whole body. */
  readonly pointer: string;
  readonly detail: string;
}

/** A body that cannot be taken. */
export class BodyFault extends Error {
  readonly errors: readonly BodyError[];

  constructor(errors: readonly BodyError[]) {
    super(errors.map(({ detail, pointer }) => `${pointer}: ${detail}`).join("; "));
    this.errors = errors;
  }
}

/** What a value has to be: a schema to show, and a reader that holds values to it. */
export interface Shape<T> {
  readonly schema: JsonSchema;
  /** @throws BodyFault */
  readonly read: (value: unknown, pointer: string) => T;
}

export type ReadOf<S> = S extends Shape<infer T> ? T : never;

const not = (pointer: string, expected: string): BodyFault =>
  new BodyFault([{ pointer, detail: `${expected} is expected` }]);

export const text: Shape<string> = {
  schema: { type: "string" },
  read(value, pointer) {
    if (typeof value !== "string") throw not(pointer, "a text");
    return value;
  },
};

/** What is read by somebody who knows its form. */
export const anything: Shape<unknown> = { schema: {}, read: (value) => value };

export const flag: Shape<boolean> = {
  schema: { type: "boolean" },
  read(value, pointer) {
    if (typeof value !== "boolean") throw not(pointer, "true or false");
    return value;
  },
};

export const wholeNumber: Shape<number> = {
  schema: { type: "integer" },
  read(value, pointer) {
    if (typeof value !== "number" || !Number.isSafeInteger(value))
      throw not(pointer, "a whole number");
    return value;
  },
};

export const texts: Shape<readonly string[]> = {
  schema: { type: "array", items: text.schema },
  read(value, pointer) {
    if (!Array.isArray(value)) throw not(pointer, "a list of texts");
    return value.map((one, index) => text.read(one, `${pointer}/${index}`));
  },
};

export const oneOf = <const T extends string>(values: readonly T[]): Shape<T> => ({
  schema: { type: "string", enum: values },
  read(value, pointer) {
    const found = values.find((one) => one === value);
    if (found === undefined) throw not(pointer, `one of ${values.join(", ")}`);
    return found;
  },
});

export const nullable = <T>({ read, schema }: Shape<T>): Shape<T | null> => ({
  schema: { ...schema, type: [schema["type"], "null"] },
  read: (value, pointer) => (value === null ? null : read(value, pointer)),
});

type Fields = Readonly<Record<string, Shape<unknown>>>;
type ObjectOf<R extends Fields, O extends Fields> = {
  readonly [K in keyof R]: ReadOf<R[K]>;
} & { readonly [K in keyof O]?: ReadOf<O[K]> };

/**
 * A JSON object. A key that is not known is a fault: a misspelt `roles` must not look as if it had
 * been taken away.
 */
export function object<R extends Fields, O extends Fields>(
  required: R,
  optional: O,
): Shape<ObjectOf<R, O>> {
  const fields: Fields = { ...required, ...optional };
  const known = Object.keys(fields);
  return {
    schema: {
      type: "object",
      properties: Object.fromEntries(known.map((name) => [name, fields[name]?.schema])),
      required: Object.keys(required),
      additionalProperties: false,
    },
    read(value, pointer) {
      if (typeof value !== "object" || value === null || Array.isArray(value))
        throw not(pointer, "a JSON object");
      const given = new Map(Object.entries(value));
      const unknown = [...given.keys()].filter((name) => !known.includes(name));
      const errors: BodyError[] = unknown.map((name) => ({
        pointer: below(pointer, name),
        detail: `'${name}' is not understood; expected ${known.join(", ")}`,
      }));
      const read: Record<string, unknown> = {};
      for (const [name, shape] of Object.entries(fields)) {
        if (!given.has(name) && !Object.hasOwn(required, name)) continue;
        const one = readField(shape, given, name, below(pointer, name));
        if ("errors" in one) errors.push(...one.errors);
        else read[name] = one.value;
      }
      if (errors.length > 0) throw new BodyFault(errors);
      return read as ObjectOf<R, O>;
    },
  };
}

/** Faults are gathered: whoever mends a body wants to know all of them. */
function readField(
  shape: Shape<unknown>,
  given: ReadonlyMap<string, unknown>,
  name: string,
  pointer: string,
): { readonly value: unknown } | { readonly errors: readonly BodyError[] } {
  if (!given.has(name)) return { errors: [{ pointer, detail: "it is needed" }] };
  try {
    return { value: shape.read(given.get(name), pointer) };
  } catch (fault) {
    if (!(fault instanceof BodyFault)) throw fault;
    return { errors: fault.errors };
  }
}

/** RFC 6901 section 3. */
const below = (pointer: string, name: string): string =>
  `${pointer}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
