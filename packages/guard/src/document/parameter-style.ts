import type { Parameter, SchemaRegistry } from "./api-document.ts";
import { typesOf } from "./schema/schema-walk.ts";

type Style = Pick<Parameter, "style" | "explode">;

/** What divides the parts of a value that is written in one text (OpenAPI 3.1 section 4.8.12.4). */
export function separatorOf({ explode, style }: Style): string {
  if (style === "spaceDelimited") return " ";
  if (style === "pipeDelimited") return "|";
  if (style === "label" && explode) return ".";
  return style === "matrix" && explode ? ";" : ",";
}

/** Whether each part of a value is sent by itself, under the parameter's name. */
export const isSpread = ({ explode, style }: Style): boolean =>
  explode && (style === "form" || style === "cookie");

/** Styles whose text is the value and nothing else, so that ids can be read from it. */
const plainStyles: ReadonlySet<Parameter["style"]> = new Set([
  "simple",
  "form",
  "spaceDelimited",
  "pipeDelimited",
]);

/**
 * What divides the ids in the text of a parameter: undefined when it holds one, `unknown` for a
 * style from which no rule reads ids.
 */
export function idSeparator(parameter: Parameter, schemas: SchemaRegistry): string | undefined {
  if (!typesOf(parameter.schema, schemas).has("array") || isSpread(parameter)) return undefined;
  return plainStyles.has(parameter.style) ? separatorOf(parameter) : "unknown";
}
