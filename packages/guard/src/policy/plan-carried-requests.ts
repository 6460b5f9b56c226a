import { itemSchema, memberNames, memberSchema } from "../contracts/schema-walk.ts";
import type { JsonSchema, Operation, SchemaRegistry } from "../operation.ts";

const methods = new Set(["method", "httpmethod", "verb"]);
const targets = new Set(["path", "url", "uri", "href", "relativeurl", "endpoint"]);

/**
 * Whether a body carries requests of its own: a batch of method and path, or a GraphQL document. What they ask for passes
 * none of the rules of the operations they stand for, and no schema of the body tells which objects they name.
 */
export function carriesRequests({ requestBody }: Operation, schemas: SchemaRegistry): boolean {
  return requestBody?.content.some(({ mediaType, schema }) => /graphql|multipart\/mixed|application\/http/i.test(mediaType) || looksLikeRequest(schema, schemas, 0)) ?? false;
}

function looksLikeRequest(schema: JsonSchema | undefined, schemas: SchemaRegistry, depth: number): boolean {
  const names = memberNames(schema, schemas);
  const plain = names.map((name) => name.toLowerCase().replaceAll(/[_-]/g, ""));
  if (plain.some((name) => methods.has(name)) && plain.some((name) => targets.has(name))) return true;
  if (plain.includes("query") && (plain.includes("variables") || plain.includes("operationname"))) return true;
  if (depth === 2) return false;
  return looksLikeItem(schema, schemas, depth) || names.some((name) => looksLikeItem(memberSchema(schema, name, schemas), schemas, depth));
}

function looksLikeItem(schema: JsonSchema | undefined, schemas: SchemaRegistry, depth: number): boolean {
  const item = itemSchema(schema, schemas);
  return item !== undefined && looksLikeRequest(item, schemas, depth + 1);
}
