import type { Parameter, SchemaRegistry } from "./api-document.ts";
import { isSpread } from "./parameter-style.ts";
import { memberNames, typesOf } from "./schema/schema-walk.ts";

/**
 * The names under which a parameter is sent. An object may be spread over several, so that its own
 * name is never sent: `filter[owner]=1`, or `owner=1`.
 */
export type ParameterNames =
  | { readonly names: readonly string[] }
  /** Every name that begins so. */
  | { readonly beginning: string };

/** Header fields in small letters. */
export function namesOf(parameter: Parameter, schemas: SchemaRegistry): ParameterNames {
  const { content, in: location, name, style } = parameter;
  if (location === "header") return { names: [name.toLowerCase()] };
  const schema = content === undefined ? parameter.schema : undefined;
  const types = typesOf(schema, schemas);
  const isObject = types.has("object") && !types.has("array");
  if (isObject && style === "deepObject") return { beginning: `${name}[` };
  if (isObject && isSpread(parameter)) return { names: memberNames(schema, schemas) };
  return { names: [name] };
}

/** Tells whether a sent name is one of these. */
export function compileIsNamed(all: readonly ParameterNames[]): (sent: string) => boolean {
  const names = new Set(all.flatMap((one) => ("names" in one ? one.names : [])));
  const beginnings = all.flatMap((one) => ("names" in one ? [] : [one.beginning]));
  return (sent) => names.has(sent) || beginnings.some((beginning) => sent.startsWith(beginning));
}
