import {
  itemSchema,
  type JsonSchema,
  memberSchema,
  type Operation,
} from "@portcullis/guard/documents";
import { isAnswered, listIn, textOfId } from "./harvest.ts";
import type { Candidate, Learned, Params } from "./learned.ts";
import { alikeOf, collectionOf, plain, singular } from "./names.ts";
import { both } from "./tellers.ts";

/**
 * Objects that nothing says the owner of, and that a list shows to each person alone: who was never
 * shown an id may not use it.
 */
export function byProvenance(operation: Operation, learned: Learned): Candidate[] {
  const template = /^(.*?)\/\{([^}]+)\}(?:\/[^{]*)?$/.exec(operation.pathTemplate);
  const [, prefix = "", parameter = ""] = template ?? [];
  if (template === null) return [];
  const collection = collectionOf(prefix);
  const alike = alikeOf(parameter, collection);
  return learned.operations.flatMap((list): Candidate[] => {
    if (list.method !== "GET" || list.pathTemplate.includes("{")) return [];
    if (list.pathTemplate !== prefix && collectionOf(list.pathTemplate) !== collection) return [];
    const schema = itemNameOf(list, learned);
    if (schema === undefined) return [];
    const shown = both(learned.people, ({ seen }) =>
      seen
        .filter((one) => one.operation === list && isAnswered(one))
        .flatMap(({ json }) => listIn(json)?.items ?? [])
        .flatMap((element) => idOf(element, alike)),
    );
    const [first, second] = shown;
    const property = first[0]?.name;
    const ids = new Set(first.map(({ id }) => id));
    if (property === undefined || second.length === 0 || second.some(({ id }) => ids.has(id)))
      return [];
    const kind = singular(collection).replaceAll(/[^A-Za-z0-9]/g, "") || "object";
    return [
      {
        operation,
        owner: `{ provenance: { kind: ${kind}, id: ${parameter} } }`,
        reason: `no answer names an owner, and ${list.key} shows each person their own ids alone`,
        own: both(shown, (all): readonly Params[] => all.map(({ id }) => ({ [parameter]: id }))),
        shown: { kind, property: `${schema}/${property}`, list },
      },
    ];
  });
}

export function idOf(
  element: unknown,
  alike: ReadonlySet<string>,
): { readonly name: string; readonly id: string }[] {
  if (typeof element !== "object" || element === null) return [];
  const found = Object.entries(element).find(([name]) => alike.has(plain(name)));
  const id = textOfId(found?.[1]);
  return found === undefined || id === undefined ? [] : [{ name: found[0], id }];
}

/** What the document calls an element of the list: the policy names properties by it. */
export function itemNameOf(
  { responses }: Operation,
  { document: { schemas } }: Learned,
): string | undefined {
  const schema = responses.find(({ status }) => status === "200")?.content[0]?.schema;
  const wrapped =
    typeof schema === "object" && typeof schema["properties"] === "object"
      ? Object.keys(schema["properties"] as object)
      : [];
  const lists = [schema, ...wrapped.map((name) => memberSchema(schema, name, schemas))];
  for (const one of lists) {
    const name = nameIn(itemSchema(one, schemas));
    if (name !== undefined) return name;
  }
  return undefined;
}

const nameIn = (schema: JsonSchema | undefined): string | undefined =>
  typeof schema === "object" && typeof schema["$ref"] === "string"
    ? /^#\/\$defs\/([A-Za-z0-9._-]+)$/.exec(schema["$ref"])?.[1]
    : undefined;
