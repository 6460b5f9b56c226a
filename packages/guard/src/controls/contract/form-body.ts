import type { JsonSchema, MediaTypeContract, SchemaRegistry } from "../../document/api-document.ts";
import { holdsOtherSpelling } from "../../reading/odd-numbers.ts";
import { readStrictJsonText } from "../../reading/strict-json.ts";
import type { Pair } from "../../reading/query-pairs.ts";
import { compileReadScalar, compileReadItems } from "./read-scalar.ts";
import { memberSchema, typesOf } from "../../document/schema/schema-walk.ts";

/** Undefined when the text has no one reading. */
export type ReadFields = (fields: readonly Pair[]) => Record<string, unknown> | undefined;

/**
 * Turns the fields of a form into the object its schema describes: repeated fields are a list where
 * one is declared, and refused elsewhere.
 */
export function compileReadFields(
  { encoding, schema }: MediaTypeContract,
  schemas: SchemaRegistry,
): ReadFields {
  const readers = new Map<string, (values: readonly string[]) => unknown>();
  const readerOf = (name: string): ((values: readonly string[]) => unknown) => {
    let reader = readers.get(name);
    if (reader === undefined) {
      reader = compileReadField(
        memberSchema(schema, name, schemas),
        encoding !== undefined && Object.hasOwn(encoding, name) ? encoding[name] : undefined,
        schemas,
      );
      if (readers.size < 500) readers.set(name, reader);
    }
    return reader;
  };
  return (fields) => {
    const byName = new Map<string, string[]>();
    for (const { name, value } of fields) {
      const values = byName.get(name);
      if (values === undefined) byName.set(name, [value]);
      else values.push(value);
    }
    const result: Record<string, unknown> = {};
    for (const [name, values] of byName) {
      const value = readerOf(name)(values);
      if (value === undefined) return undefined;
      Object.defineProperty(result, name, {
        value,
        enumerable: true,
        configurable: true,
        writable: true,
      });
    }
    return result;
  };
}

function compileReadField(
  schema: JsonSchema | undefined,
  encoding: { readonly contentType?: string; readonly explode?: boolean } | undefined,
  schemas: SchemaRegistry,
): (values: readonly string[]) => unknown {
  const types = typesOf(schema, schemas);
  if (types.has("array")) {
    const item = compileReadItems(schema, schemas);
    return (values) =>
      encoding?.explode === false && values.length === 1
        ? (values[0] as string).split(",").map(item)
        : values.map(item);
  }
  if (types.has("object") || encoding?.contentType?.includes("json") === true) {
    return (values) => {
      const read = values.length === 1 ? readStrictJsonText(values[0] as string) : undefined;
      // JSON within a field is passed on as it came. A number in it that programs read differently
      // is therefore refused, and not written anew.
      if (read === undefined || "unread" in read || holdsOtherSpelling(read.text)) return undefined;
      return read.value;
    };
  }
  const scalar = compileReadScalar(schema, schemas);
  return (values) => (values.length === 1 ? scalar(values[0] as string) : undefined);
}
