import { itemSchema, memberNames, memberSchema } from "../../document/schema/schema-walk.ts";
import type { JsonSchema, Operation, SchemaRegistry } from "../../document/api-document.ts";

const methods = new Set(["method", "httpmethod", "verb"]);
const targets = new Set(["path", "url", "uri", "href", "relativeurl", "endpoint"]);

/**
 * Whether a request carries others: a batch of method and path, or a GraphQL document. What they
 * ask for passes none of the rules of the operations they stand for, and no schema of the body
 * tells which objects they name.
 */
export function carriesRequests(
  { parameters, pathTemplate, requestBody }: Operation,
  schemas: SchemaRegistry,
): boolean {
  if (
    /\/graphql$/i.test(pathTemplate) ||
    isGraphQl(parameters.flatMap((parameter) => (parameter.in === "query" ? [parameter.name] : [])))
  )
    return true;
  return (
    requestBody?.content.some(
      ({ mediaType, schema }) =>
        /graphql|multipart\/mixed|application\/http/i.test(mediaType) ||
        looksLikeRequest(schema, schemas, 0),
    ) ?? false
  );
}

const isGraphQl = (names: readonly string[]): boolean =>
  names.includes("query") &&
  (names.includes("variables") ||
    names.includes("operationname") ||
    names.includes("operationName"));

function looksLikeRequest(
  schema: JsonSchema | undefined,
  schemas: SchemaRegistry,
  depth: number,
): boolean {
  const names = memberNames(schema, schemas);
  const plain = names.map((name) => name.toLowerCase().replaceAll(/[_-]/g, ""));
  if (plain.some((name) => methods.has(name)) && plain.some((name) => targets.has(name)))
    return true;
  if (isGraphQl(plain)) return true;
  if (depth === 2) return false;
  return (
    looksLikeItem(schema, schemas, depth) ||
    names.some((name) => looksLikeItem(memberSchema(schema, name, schemas), schemas, depth))
  );
}

function looksLikeItem(
  schema: JsonSchema | undefined,
  schemas: SchemaRegistry,
  depth: number,
): boolean {
  const item = itemSchema(schema, schemas);
  return item !== undefined && looksLikeRequest(item, schemas, depth + 1);
}
