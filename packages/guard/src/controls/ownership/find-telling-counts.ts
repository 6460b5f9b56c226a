import type {
  JsonSchema,
  Operation,
  ResponseContract,
  SchemaRegistry,
} from "../../document/api-document.ts";
import { isSuccess } from "../../document/responses.ts";
import { memberNames, memberSchema, typesOf } from "../../document/schema/schema-walk.ts";
import { countKindOf, countKindOfField, isBesideList, repeatsRequest } from "./count-names.ts";
import type { ForeignPlan } from "./plan-foreign.ts";
import { pointerOf } from "./recount.ts";

/**
 * Places of a cut list's answers that may still tell of what was cut: those that the policy keeps,
 * and numbers around the list that no name tells the meaning of.
 */
export function tellingCounts(
  { responses }: Operation,
  schemas: SchemaRegistry,
  { counts, pointer }: ForeignPlan,
): readonly string[] {
  const named = new Set([...counts.totals, ...counts.keep]);
  const list = pointer.slice(0, pointer.indexOf("*"));
  const found = responses
    .filter(({ status }) => isSuccess(status))
    .flatMap((response) => [
      ...numberFields(response),
      ...response.content.flatMap(({ schema }) => [...numbersAround(schema, schemas, list)]),
    ])
    .filter(([place]) => !named.has(place.startsWith("/") ? place : place.toLowerCase()))
    .filter(([, name, schema]) => isNumber(schema, schemas) && !repeatsRequest(name))
    .map(([place]) => place);
  return [...new Set([...counts.keep, ...found])];
}

type Found = readonly [place: string, name: string, schema: JsonSchema | undefined];

/** Header fields that no name tells the meaning of. */
const numberFields = ({ headers }: ResponseContract): readonly Found[] =>
  Object.entries(headers)
    .filter(([name]) => countKindOfField(name) === undefined)
    .map(([name, { schema }]) => [name, name.replace(/^x-/i, ""), schema] as const);

/** Members of the objects around a list, and of those beside it. */
function* numbersAround(
  schema: JsonSchema | undefined,
  schemas: SchemaRegistry,
  list: readonly string[],
): Generator<Found> {
  let around = schema;
  for (const [depth, token] of list.entries()) {
    yield* membersOf(around, schemas, pointerOf(list.slice(0, depth)), true);
    around = memberSchema(around, token, schemas);
  }
}

function* membersOf(
  schema: JsonSchema | undefined,
  schemas: SchemaRegistry,
  at: string,
  besides: boolean,
): Generator<Found> {
  for (const name of memberNames(schema, schemas)) {
    const member = memberSchema(schema, name, schemas);
    if (countKindOf(name) === undefined) yield [`${at}/${name}`, name, member];
    if (besides && isBesideList(name)) yield* membersOf(member, schemas, `${at}/${name}`, false);
  }
}

function isNumber(schema: JsonSchema | undefined, schemas: SchemaRegistry): boolean {
  const types = typesOf(schema, schemas);
  return types.has("integer") || types.has("number");
}
