import type { JsonSchema, SchemaRegistry } from "@portcullis/guard/documents";
import { exampleOfPattern } from "./example-of-pattern.ts";

const mostDepth = 6;

const byFormat: Readonly<Record<string, string>> = {
  "date-time": "2026-01-31T12:00:00Z",
  date: "2026-01-31",
  time: "12:00:00Z",
  email: "somebody@example.com",
  uuid: "7d444840-9dc0-11d1-b245-5ffdce74fad2",
  uri: "https://example.com/",
  "uri-reference": "/",
  hostname: "example.com",
  ipv4: "192.0.2.1",
  ipv6: "2001:db8::1",
};

type Keywords = Readonly<Record<string, unknown>>;

/**
 * A value that a schema describes, as far as that can be told without searching for one: patterns
 * that are not plain, and combinations of limits, are not solved.
 *
 * @param word what stands for every text that may be any
 */
export function exampleOf(
  schema: JsonSchema | undefined,
  schemas: SchemaRegistry,
  word: string,
  depth = 0,
): unknown {
  const keywords = keywordsOf(schema, schemas, depth);
  if (keywords === undefined) return word;
  if (Array.isArray(keywords["enum"])) return keywords["enum"][0];
  if (keywords["const"] !== undefined) return keywords["const"];
  const examples = keywords["examples"];
  if (Array.isArray(examples) && examples.length > 0) return examples[0];
  const inner = (one: unknown): unknown => exampleOf(one as JsonSchema, schemas, word, depth + 1);
  const type = Array.isArray(keywords["type"]) ? keywords["type"][0] : keywords["type"];
  switch (type) {
    case "string":
      return textOf(keywords, word);
    case "integer":
    case "number":
      return Math.max(1, numberOf(keywords["minimum"]), numberOf(keywords["exclusiveMinimum"]) + 1);
    case "boolean":
      return true;
    case "null":
      return null;
    case "array":
      return depth >= mostDepth && keywords["minItems"] === undefined
        ? []
        : [inner(keywords["items"])];
    default:
      return type === "object" || keywords["properties"] !== undefined
        ? membersOf(keywords, depth, inner)
        : word;
  }
}

function membersOf(
  { properties = {}, required = [] }: Keywords,
  depth: number,
  inner: (schema: unknown) => unknown,
): unknown {
  const names = depth >= mostDepth / 2 ? (required as string[]) : Object.keys(properties as object);
  return Object.fromEntries(
    names.map((name) => [name, inner((properties as Readonly<Record<string, unknown>>)[name])]),
  );
}

function textOf({ format, maxLength, minLength, pattern }: Keywords, word: string): string {
  if (typeof pattern === "string") {
    const fitting = fits(pattern, word) ? word : exampleOfPattern(pattern);
    if (fitting !== undefined) return fitting;
  }
  const known = typeof format === "string" ? byFormat[format] : undefined;
  if (known !== undefined) return known;
  return word.padEnd(numberOf(minLength), "x").slice(0, (maxLength as number | undefined) ?? 200);
}

function fits(pattern: string, word: string): boolean {
  try {
    return new RegExp(pattern, "u").test(word);
  } catch {
    return false;
  }
}

const numberOf = (value: unknown): number => (typeof value === "number" ? value : 0);

/** The keywords of a schema behind its reference, with those of `allOf` and the first alternative. */
function keywordsOf(
  schema: JsonSchema | undefined,
  schemas: SchemaRegistry,
  depth: number,
): Keywords | undefined {
  if (typeof schema !== "object" || depth > mostDepth * 2) return undefined;
  const { $ref, allOf = [], anyOf, oneOf, ...own } = schema;
  const [first] = (oneOf ?? anyOf ?? []) as readonly JsonSchema[];
  const parts = [
    ...(typeof $ref === "string" ? [schemas[$ref.replace("#/$defs/", "")]] : []),
    ...(allOf as readonly JsonSchema[]),
    ...(first === undefined ? [] : [first]),
  ];
  return parts.reduce<Keywords>((whole, part) => {
    const more = keywordsOf(part, schemas, depth + 1) ?? {};
    return {
      ...more,
      ...whole,
      properties: { ...(more["properties"] as object), ...(whole["properties"] as object) },
      required: [...((more["required"] ?? []) as []), ...((whole["required"] ?? []) as [])],
    };
  }, own);
}
