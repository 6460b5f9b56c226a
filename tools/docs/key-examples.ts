import { stringify } from "yaml";
import type { Schema } from "./policy-schema.ts";
import { byName, byPath, byTitle } from "./written-examples.ts";

/** A key of the policy: its place, as the page names it, and what may stand there. */
export interface PolicyKey {
  readonly path: string;
  readonly schema: Schema;
}

/** Names of the reader's own stand for this. */
const ownName = "name";

/** An example of a key's value, as plain data. */
export function exampleOf({ path: written, schema }: PolicyKey): unknown {
  const path = written.replaceAll(/\.owner\.(?:any|all)\[\]/g, ".owner");
  const name = path.slice(path.lastIndexOf(".") + 1);
  if (Object.hasOwn(byPath, path)) return byPath[path];
  if (Object.hasOwn(byName, name)) return byName[name];
  return made(path, schema);
}

/** The same as it is written in one line: `rate: 300/min`. */
export const exampleText = (key: PolicyKey): string =>
  stringify({ [key.path.slice(key.path.lastIndexOf(".") + 1)]: exampleOf(key) }, flow)
    .trim()
    .replace(/^\{ ?/, "")
    .replace(/ ?\}$/, "");

const flow = { collectionStyle: "flow", lineWidth: 0, flowCollectionPadding: true } as const;

function made(path: string, schema: Schema): unknown {
  const { additionalProperties, anyOf, items, properties, title } = schema;
  const { description = "" } = schema;
  if (anyOf?.[0] !== undefined) return made(path, { description, ...anyOf[0] });
  if (title !== undefined && Object.hasOwn(byTitle, title)) return byTitle[title];
  const [, said] = /such as '?([^\s,']+)'?/.exec(title ?? "") ?? [];
  if (title?.includes("JSON pointer") === true && ofCallers.test(path))
    return `/${path.slice(path.lastIndexOf(".") + 1)}`;
  if (title?.startsWith("a duration") === true) return usualDuration(description);
  if (said !== undefined) return schema.type === "number" ? Number(said) : said;
  if (schema.enum !== undefined) return schema.enum.find((one) => one !== "off");
  if (title === "true or false") return true;
  if (schema.type === "integer" || schema.type === "number") return usualNumber(schema);
  if (items !== undefined) return [exampleOfItem(path, items)];
  if (typeof additionalProperties === "object")
    return { [ownName]: exampleOfItem(`${path}.<name>`, additionalProperties) };
  if (properties !== undefined) return madeObject(path, schema);
  throw new Error(
    `nothing says what ${path} looks like (${title ?? JSON.stringify(schema)}): ` +
      "give it an example in tools/docs/written-examples.ts",
  );
}

const exampleOfItem = (path: string, schema: Schema): unknown =>
  Object.hasOwn(byPath, `${path}[]`) ? byPath[`${path}[]`] : made(`${path}[]`, schema);

/** Where claims and answers name what a caller is. */
const ofCallers = /^(?:identity\.sources|impersonation)\./;

const usualDuration = (description: string): string =>
  /\((\d+(?:ms|s|m|h|d))\b/.exec(description)?.[1] ?? "30s";

/** What holds where nothing is said, as the sentence names it; otherwise the least. */
function usualNumber({ description = "", maximum = Infinity, minimum = 1 }: Schema): number {
  const said = Number(/\((\d+)[^)]*\)/.exec(description)?.[1] ?? Number.NaN);
  return said >= minimum && said <= maximum ? said : Math.max(minimum, 1);
}

/** What must be there; where nothing must, the first key. */
function madeObject(path: string, schema: Schema): Record<string, unknown> {
  const { properties = {}, required = [] } = schema;
  const names = required.length > 0 ? required : Object.keys(properties).slice(0, 1);
  const base = path.replaceAll("[][]", "[]");
  return Object.fromEntries(
    names.map((name) => [
      name,
      exampleOf({ path: `${base}.${name}`, schema: properties[name] as Schema }),
    ]),
  );
}
