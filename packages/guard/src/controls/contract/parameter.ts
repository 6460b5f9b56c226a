import type { JsonSchema, Parameter, SchemaRegistry } from "../../document/api-document.ts";
import { compileIsNamed, namesOf } from "../../document/parameter-names.ts";
import { isSpread } from "../../document/parameter-style.ts";
import type { SchemaCompiler } from "../../document/schema/compile-schema.ts";
import { typesOf } from "../../document/schema/schema-walk.ts";
import type { Violation } from "../../facts/refusal.ts";
import type { Pair } from "../../reading/query-pairs.ts";
import { compileReadValue, type ParameterKind, unreadable } from "./parameter-value.ts";

/** One declared parameter: which sent names are its own, and what it says of their values. */
export interface ParameterContract {
  readonly name: string;
  readonly in: "path" | "query" | "header" | "cookie";
  readonly required: boolean;
  /** Whether a sent name belongs to it; several may, where an object is spread over names. */
  owns(name: string): boolean;
  /** `values` are those sent under its names, decoded, in order. Never empty. */
  check(values: readonly Pair[]): Violation | undefined;
}

const mostValues = 1000;

/** @param parameter with a location of path, query, header or cookie */
export function compileParameter(
  parameter: Parameter,
  schemas: SchemaRegistry,
  compiler: SchemaCompiler,
): ParameterContract {
  const { allowEmptyValue, name, required, style } = parameter;
  const location = parameter.in === "querystring" ? "query" : parameter.in;
  const schema = parameter.schema ?? parameter.content?.schema ?? true;
  const fits = compiler.compile(schema);
  const kind = kindOf(parameter, schema, schemas);
  const spreads = kind === "object" && (style === "deepObject" || isSpread(parameter));
  const mayRepeat = spreads || (kind === "array" && isSpread(parameter));
  const read = compileReadValue(parameter, kind, schema, schemas);
  const violation = (keyword: string, message: string, pointer = ""): Violation => ({
    in: location,
    name,
    keyword,
    message,
    ...(pointer === "" ? {} : { pointer }),
  });
  return {
    name,
    in: location,
    required,
    owns: compileIsNamed([namesOf(parameter, schemas)]),
    check(values) {
      if (values.length > 1 && !mayRepeat) return violation("duplicate", "was sent more than once");
      if (values.length > mostValues)
        return violation("maxItems", `was sent more than ${mostValues} times`);
      if (allowEmptyValue && values.length === 1 && values[0]?.value === "") return undefined;
      const value = read(values);
      if (value === unreadable)
        return violation("style", `is not written as the style '${style}' asks`);
      const fault = fits(value);
      if (fault === undefined) return undefined;
      return violation(fault.keyword, fault.message, fault.pointer);
    },
  };
}

function kindOf(
  { content }: Parameter,
  schema: JsonSchema,
  schemas: SchemaRegistry,
): ParameterKind {
  if (content !== undefined) return "content";
  const types = typesOf(schema, schemas);
  if (types.has("array")) return "array";
  return types.has("object") ? "object" : "scalar";
}
