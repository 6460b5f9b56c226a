import { exampleText } from "./key-examples.ts";
import type { Schema } from "./policy-schema.ts";

interface Row {
  readonly path: string;
  readonly value: string;
  readonly sentence: string;
  readonly example: string;
}

/** An object that is described by more than this is described once, and named where it stands again. */
const shortCharacters = 250;

/**
 * Every key of the policy with its value and its sentence: a table of the plain ones, and one for
 * each that has keys of its own.
 */
export function policyKeys({ properties = {} }: Schema): string {
  const seen = new Map<string, string>();
  const all = Object.entries(properties).map(([name, schema]) => rowsOf(name, schema, seen));
  const plain = all.filter((rows) => rows.length === 1).flat();
  const structured = all.filter((rows) => rows.length > 1);
  return [
    "### Keys with one value",
    tableOf(plain),
    ...structured.flatMap((rows) => [`### \`${rows[0]?.path}\``, tableOf(rows)]),
  ].join("\n\n");
}

const tableOf = (rows: readonly Row[]): string =>
  [
    "| key | value | what it does | example |",
    "|---|---|---|---|",
    ...rows.map(
      ({ example, path, sentence, value }) =>
        `| \`${path}\` | ${cell(value)} | ${cell(sentence)} | \`${cell(example)}\` |`,
    ),
  ].join("\n");

const cell = (text: string): string => text.replaceAll("|", "\\|");

function rowsOf(path: string, schema: Schema, seen: Map<string, string>): Row[] {
  const { description = "" } = schema;
  const inner = innerKeys(path, schema);
  const whole = JSON.stringify(withoutDescription(schema));
  const before = inner.length === 0 ? undefined : seen.get(whole);
  const value = before === undefined ? valueWords(schema) : `as \`${before}\``;
  const row = { path, value, sentence: description, example: exampleText({ path, schema }) };
  if (before !== undefined) return [row];
  if (whole.length > shortCharacters) seen.set(whole, path);
  return [row, ...inner.flatMap(([key, one]) => rowsOf(key, one, seen))];
}

const withoutDescription = ({ description: _description, ...rest }: Schema): Schema => rest;

/** The keys of an object, of each element of a list, or under each name. */
export function innerKeys(path: string, schema: Schema): (readonly [string, Schema])[] {
  const { additionalProperties, anyOf = [], items, properties = {} } = schema;
  return [
    ...Object.entries(properties).map(([name, one]) => [`${path}.${name}`, one] as const),
    ...(typeof additionalProperties === "object"
      ? innerKeys(`${path}.<name>`, additionalProperties)
      : []),
    ...(items === undefined ? [] : innerKeys(`${path}[]`, items)),
    ...anyOf.filter(isNoRepetition).flatMap((one) => innerKeys(path, one)),
  ].filter(([name], index, all) => all.findIndex(([other]) => other === name) === index);
}

/** Of one value or a list of such values, the list says nothing new. */
const isNoRepetition = (one: Schema, index: number, all: readonly Schema[]): boolean =>
  index === 0 || JSON.stringify(one.items) !== JSON.stringify(all[0]);

function valueWords(schema: Schema): string {
  const { additionalProperties, anyOf, items, properties, title, type } = schema;
  const [first] = anyOf ?? [];
  if (anyOf?.length === 2 && first !== undefined && !anyOf.every(isNoRepetition))
    return `${valueWords(first)}, or a list of such`;
  if (anyOf !== undefined) return [...new Set(anyOf.map(valueWords))].join(", or ");
  if (schema.enum !== undefined) return schema.enum.map((one) => `\`${one}\``).join(", ");
  if (title !== undefined) return title;
  if (items !== undefined) return `a list: ${valueWords(items)}`;
  if (typeof additionalProperties === "object")
    return `names, each with ${valueWords(additionalProperties)}`;
  return properties === undefined ? String(type ?? "any value") : "an object";
}
