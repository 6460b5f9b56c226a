import type { JsonSchema, Parameter, SchemaRegistry } from "../../document/api-document.ts";
import { isSpread, separatorOf } from "../../document/parameter-style.ts";
import { itemSchema, memberSchema, typesOf } from "../../document/schema/schema-walk.ts";
import { plainInteger } from "../../reading/plain-number.ts";

/**
 * Writes one value of a query, a form or a path segment as it was judged: escaped as it came, whole
 * numbers plainly, and parts divided by their separator and not by its escape.
 */
export type Respell = (raw: string) => string;

/** Whether the text of a value can only stand for a whole number. */
export function isWhole(
  { schema }: { readonly schema?: JsonSchema | undefined },
  schemas: SchemaRegistry,
): boolean {
  const types = typesOf(schema, schemas);
  return types.has("integer") && !types.has("string") && !types.has("array");
}

/** Undefined where a text of this schema has one spelling only. */
const compileRespellText = (
  schema: JsonSchema | undefined,
  schemas: SchemaRegistry,
): Respell | undefined => (isWhole({ schema }, schemas) ? respellInteger : undefined);

/** What the fields of a form are written by: undefined where none has two spellings. */
export function compileRespellField(
  schema: JsonSchema | undefined,
  schemas: SchemaRegistry,
): (name: string) => Respell | undefined {
  const known = new Map<string, Respell | undefined>();
  return (name) => {
    if (known.has(name)) return known.get(name);
    const member = memberSchema(schema, name, schemas);
    const text = typesOf(member, schemas).has("array") ? itemSchema(member, schemas) : member;
    const respell = compileRespellText(text, schemas);
    if (known.size < 500) known.set(name, respell);
    return respell;
  };
}

/** Undefined where a value of this parameter has one spelling only. */
export function compileRespellParameter(
  parameter: Parameter,
  schemas: SchemaRegistry,
): Respell | undefined {
  const { content, schema, style } = parameter;
  if (content !== undefined || !["form", "simple", "pipeDelimited"].includes(style))
    return undefined;
  const types = typesOf(schema, schemas);
  if (!types.has("array"))
    return types.has("object") ? undefined : compileRespellText(schema, schemas);
  const item = compileRespellText(itemSchema(schema, schemas), schemas);
  if (isSpread(parameter)) return item;
  const separator = separatorOf(parameter);
  // A query cannot hold an unescaped bar (RFC 3986), so that the separator has one spelling there.
  const written = separator === "," ? "," : encodeURIComponent(separator);
  const escaped = encodeURIComponent(separator);
  return (raw) => {
    const parts = raw.replaceAll(escaped, written).split(written);
    return (item === undefined ? parts : parts.map(item)).join(written);
  };
}

const respellInteger: Respell = (raw) => {
  if (/^(?:0|-?[1-9]\d*)$/.test(raw)) return raw;
  return plainInteger(decodeURIComponent(raw.replaceAll("+", " "))) ?? raw;
};
