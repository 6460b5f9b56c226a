import type { JsonSchema, Operation, SchemaRegistry } from "./api-document.ts";
import { itemSchema, memberNames, memberSchema } from "./schema/schema-walk.ts";

/** A property of a request body: its name, and its place with `*` for every element of a list. */
export interface BodyMember {
  readonly name: string;
  /** Without the leading slash. */
  readonly pointer: string;
}

/** Properties on the surface of a body, and of the elements of lists on it. */
export function bodyMembers(
  { requestBody }: Operation,
  schemas: SchemaRegistry,
): readonly BodyMember[] {
  const found = new Map<string, BodyMember>();
  const add = (schema: JsonSchema | undefined, at: string): void => {
    for (const name of memberNames(schema, schemas))
      found.set(`${at}${name}`, { name, pointer: `${at}${name}` });
  };
  for (const { schema } of requestBody?.content ?? []) {
    add(schema, "");
    add(itemSchema(schema, schemas), "*/");
    for (const name of memberNames(schema, schemas))
      add(itemSchema(memberSchema(schema, name, schemas), schemas), `${name}/*/`);
  }
  return [...found.values()];
}
