import type { JsonSchema, SchemaRegistry } from "../../document/api-document.ts";
import { itemSchema, memberSchema, typesOf } from "../../document/schema/schema-walk.ts";
import { isKeptByDouble } from "../../reading/plain-number.ts";

/**
 * Reads the text of a parameter or form field as the type its schema names, where the text is that
 * type and nothing else.
 */
export type ReadScalar = (text: string) => unknown;

/**
 * RFC 8259's number: no plus, no leading zeros, no hexadecimal, no blank. What only some languages
 * read as a number stays a text, and so does not fit.
 */
const number = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

export function compileReadScalar(
  schema: JsonSchema | undefined,
  schemas: SchemaRegistry,
): ReadScalar {
  const types = typesOf(schema, schemas);
  const takesNumber = types.has("integer") || types.has("number");
  const takesBoolean = types.has("boolean");
  const takesString = types.has("string");
  if (!takesNumber && !takesBoolean) return (text) => text;
  return (text) => {
    if (takesBoolean && (text === "true" || text === "false")) return text === "true";
    if (takesNumber && number.test(text)) {
      // Digits that a double drops would be checked as another number than the backend reads.
      return takesString || isKeptByDouble(text) ? Number(text) : text;
    }
    return text;
  };
}

/** A reader for the members of an object that is written as text. */
export function compileReadMembers(
  schema: JsonSchema | undefined,
  schemas: SchemaRegistry,
): (name: string) => ReadScalar {
  const readers = new Map<string, ReadScalar>();
  return (name) => {
    let reader = readers.get(name);
    if (reader === undefined) {
      reader = compileReadScalar(memberSchema(schema, name, schemas), schemas);
      if (readers.size < 500) readers.set(name, reader);
    }
    return reader;
  };
}

export const compileReadItems = (
  schema: JsonSchema | undefined,
  schemas: SchemaRegistry,
): ReadScalar => compileReadScalar(itemSchema(schema, schemas), schemas);
